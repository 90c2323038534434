import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { pollUntil } from "../system/poll.ts";
import { plugServerLines, serverFrrConf, serverScript } from "./files.ts";
import { type LineProgram, startLineProgram } from "./line-program.ts";
import type { ServerPlan } from "./plan.ts";

/** A running server, which speaks BGP with its leaves or is about to. */
export interface Server {
  readonly plan: ServerPlan;
  readonly pid: number;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Attaches a server and starts its routing. Nothing of it remains when our process ends in any way: the kernel kills
 * its processes, and its links vanish with its namespace.
 */
export async function startServer(host: Host, plan: ServerPlan, vlan: number | null): Promise<Server> {
  const program = startLineProgram(host, {
    file: "unshare",
    args: [
      // FRR's daemons change to another user, which would let them outlive their parent. In a PID namespace they don't.
      ...["--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child=KILL", "--"],
      ...["sh", "-c", serverScript(plan, vlan)],
    ],
    input: serverFrrConf(plan, vlan),
  });
  const pid = Number(await said(program, `${plan.name}'s namespace`, /^pid (\d+)$/));
  const server = {
    plan,
    pid,
    stop: async () => {
      await host.kill(pid, "SIGKILL");
      await program.end;
      await waitUntilUnplugged(host, plan);
    },
  };
  try {
    await host.run({
      file: "ip",
      args: ["-batch", "-"],
      input: `${plugServerLines(plan, pid).join("\n")}\n`,
    });
    // The host's ends must have no addresses; IPv6 has to be off before any frame passes.
    const paths = plan.nics.map(({ hostEnd }) => `/proc/sys/net/ipv6/conf/${hostEnd}/disable_ipv6`);
    await host.run({ file: "tee", args: ["--", ...paths], input: "1\n" });
    const up = plan.nics.map(({ hostEnd }) => `link set dev ${hostEnd} up\n`).join("");
    await host.run({ file: "ip", args: ["-batch", "-"], input: up });
    await host.run({ file: "nsenter", args: [`--target=${pid}`, "--mount", "--", "touch", "/run/plugged"] });
    await said(program, `${plan.name}'s routing`, /^ready()$/);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Waits for the kernel, which removes a namespace's links some time after its last process has ended. */
async function waitUntilUnplugged(host: Host, { name, nics }: ServerPlan): Promise<void> {
  const options = { what: `the end of ${name}'s links`, timeoutMs: STOP_TIMEOUT_MS, intervalMs: 20 };
  await pollUntil(options, async () => {
    const found = await Promise.all(nics.map(({ hostEnd }) => host.stat(`/sys/class/net/${hostEnd}`)));
    const left = nics.filter((_, index) => found[index] !== undefined).map(({ hostEnd }) => hostEnd);
    return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(", ") };
  });
}

async function said(program: LineProgram, what: string, wanted: RegExp): Promise<string> {
  return pollUntil({ what, timeoutMs: START_TIMEOUT_MS, intervalMs: 20 }, async () => {
    const found = program.lines.map((line) => wanted.exec(line)?.[1]).find((text) => text !== undefined);
    const ended = program.ended();
    if (found === undefined && ended !== undefined) {
      throw new CommandError(what, undefined, `${ended}\n${program.lines.join("\n")}`);
    }
    return found === undefined
      ? { done: false, seen: program.lines.slice(-5).join("\n") || "no output" }
      : { done: true, value: found };
  });
}

/** Waits until each server has a path to the other one over each of its leaves. */
export async function waitForPaths(
  host: Host,
  [a, b]: readonly [Server, Server],
  timeoutMs: number,
): Promise<void> {
  const look = async (from: Server, to: Server): Promise<string | null> => {
    const { stdout } = await host.run(
      {
        file: "nsenter",
        args: [`--target=${from.pid}`, "--net", "--", "ip", "-j", "route", "show", `${to.plan.address}/32`],
      },
      { okExitCodes: [1, 2] },
    );
    const [route] = JSON.parse(stdout || "[]") as readonly { readonly nexthops?: readonly unknown[] }[];
    const count = route?.nexthops?.length ?? (route === undefined ? 0 : 1);
    return count === from.plan.nics.length ? null : `${from.plan.name} has ${count} paths to ${to.plan.name}`;
  };
  await pollUntil(
    { what: "two paths between the benchmark's servers", timeoutMs, intervalMs: 100 },
    async () => {
      const missing = (await Promise.all([look(a, b), look(b, a)])).filter((text) => text !== null);
      return missing.length === 0
        ? { done: true, value: undefined }
        : { done: false, seen: missing.join("\n") };
    },
  );
}
