import { CommandError, TimeoutError } from "../../errors.ts";
import { replaceInCpio } from "../../image/cpio.ts";
import { checkRestartRoom } from "../../nodes/check-room.ts";
import { LOG_BYTES } from "../../nodes/log-folder.ts";
import { MAX_FILE_BYTES, type Machines, type StopOutcome } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import type { Host } from "../../system/host.ts";
import { happensWithin, pollUntil } from "../../system/poll.ts";
import { isRunning, signalProcess } from "../../system/process-identity.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { sandboxExec } from "./exec.ts";
import { SANDBOX_LIBRARY } from "./files.ts";
import { freezeSandbox, isSandboxFrozen, thawSandbox } from "./freeze.ts";
import { launchSandboxes } from "./launch.ts";
import { sandboxPaths } from "./paths.ts";
import { runningSandbox, type Sandbox, sandboxPid } from "./process.ts";
import { isComplete, type KeptRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";

const FILE_TIMEOUT_MS = 5 * 60_000;
/** Of a file that is as large as may be. */
const BASE64_BYTES = Math.ceil(MAX_FILE_BYTES / 3) * 4;
const ANSWER_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

const LOG_END = { lastBytes: LOG_BYTES.most };

/** Lines of a log that tell why something ended. */
const TAIL_LINES = 20;

/**
 * Switches that are namespaces of this host, entered from outside.
 * @param vlans whether this kernel has 802.1Q.
 */
export function netnsMachines(host: Host, runDir: string, vlans: boolean): Machines {
  const pathsOf = (node: string) => sandboxPaths(runDir, node);
  const run: Machines["exec"] = (node, command, options) =>
    sandboxExec(host, node, pathsOf(node), command, options);
  const log = async (node: string) =>
    (await host.readFile(pathsOf(node).log, LOG_END)) ??
    (await host.readFile(pathsOf(node).earlierLog, LOG_END)) ??
    "";
  return {
    backend: "netns",
    patience: { atOnce: 8, timeoutMs: 25_000, programSeconds: 8 },
    library: SANDBOX_LIBRARY,
    vlans,
    exec: run,
    pull: async (node, path) => {
      // What host.run gives is text.
      const command = { file: "base64", args: ["--wrap=0", "--", path] };
      const options = { timeoutMs: FILE_TIMEOUT_MS };
      const { stdout } = await sandboxExec(host, node, pathsOf(node), command, options, BASE64_BYTES);
      return Buffer.from(stdout, "base64");
    },
    push: async (node, path, content) => {
      const command = { file: "sh", args: ["-c", 'cat >"$1"', "sh", path], input: content };
      await run(node, command, { timeoutMs: FILE_TIMEOUT_MS });
    },
    setStartFile: async (node, path, text) => {
      const { archive } = pathsOf(node);
      const content = await host.readBytes(archive);
      if (content !== undefined) {
        await writeStateFile(host, archive, replaceInCpio(content, path.slice(1), text), 0o600);
      }
    },
    assertAlive: async (node) => {
      if ((await sandboxPid(host, pathsOf(node))) === undefined) {
        const tail = (await log(node)).trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
        throw new CommandError(`${node}: its sandbox ended`, undefined, tail);
      }
    },
    log,
    answers: (node) =>
      run(
        node,
        { file: "test", args: ["-e", "/run/ikvswitch/applied"] },
        { timeoutMs: ANSWER_TIMEOUT_MS },
      ).then(
        () => true,
        () => false,
      ),
    power: async (node) => powerOf(host, await sandboxPid(host, pathsOf(node))),
    assertStartable: async (node) => {
      await recordOf(host, runDir, node);
      await checkRestartRoom(host, runDir);
    },
    start: (node) => startSandbox(host, runDir, node),
    stop: async (node, options) => {
      const outcome = await stopSandbox(host, runDir, node, options.graceMs);
      await waitUntilUnplugged(host, runDir, node);
      return outcome;
    },
    cutPower: async (node) => {
      await stopSandbox(host, runDir, node, 0);
      await waitUntilUnplugged(host, runDir, node);
    },
    pressPowerButton: async (node) => {
      await signalProcess(host, await sandboxOf(host, runDir, node), "SIGTERM");
    },
    reset: async (node) => {
      await sandboxOf(host, runDir, node);
      await stopSandbox(host, runDir, node, 0);
      await waitUntilUnplugged(host, runDir, node);
      await startSandbox(host, runDir, node);
    },
    freeze: (node) => freezeSandbox(host, runDir, node),
    thaw: (node) => thawSandbox(host, runDir, node),
    isFrozen: (node) => isSandboxFrozen(host, runDir, node),
    // The inside's ends of veths follow the host's.
    setCarrier: async () => {},
  };
}

async function startSandbox(host: Host, runDir: string, node: string): Promise<void> {
  const paths = sandboxPaths(runDir, node);
  if ((await sandboxPid(host, paths)) !== undefined) {
    return;
  }
  await launchSandboxes(host, runDir, [await recordOf(host, runDir, node)]);
}

/** @throws CommandError where it is off. */
async function sandboxOf(host: Host, runDir: string, node: string): Promise<Sandbox> {
  const sandbox = await runningSandbox(host, sandboxPaths(runDir, node));
  if (sandbox === undefined) {
    throw new CommandError(`power of ${node}`, undefined, `${node} is off`);
  }
  return sandbox;
}

/** How the node was last brought up. @throws CommandError where it never was. */
async function recordOf(host: Host, runDir: string, node: string): Promise<KeptRecord> {
  const paths = sandboxPaths(runDir, node);
  const record = await readRecord(host, paths);
  if (!isComplete(record)) {
    const problem = record === undefined ? "is missing" : "is of an earlier version";
    throw new CommandError(`start ${node}`, undefined, `${paths.record} ${problem}: run ikvswitch up first`);
  }
  return record;
}

/**
 * End a sandbox: its first process tells the neighbors and ends, and everything in it ends with that. Without a grace
 * period it is ended at once.
 */
export async function stopSandbox(
  host: Host,
  runDir: string,
  node: string,
  graceMs: number,
): Promise<StopOutcome> {
  const paths = sandboxPaths(runDir, node);
  const sandbox = await runningSandbox(host, paths);
  if (sandbox === undefined) {
    return "was off";
  }
  if (await isSandboxFrozen(host, runDir, node)) {
    await thawSandbox(host, runDir, node);
  }
  const hasEnded = (timeoutMs: number) =>
    happensWithin({ timeoutMs, intervalMs: POLL_MS }, async () => !(await isRunning(host, sandbox)));
  // What is frozen hears nothing.
  if (graceMs > 0 && !(await isSandboxFrozen(host, runDir, node))) {
    await signalProcess(host, sandbox, "SIGTERM");
    if (await hasEnded(graceMs)) {
      return "clean";
    }
  }
  await signalProcess(host, sandbox, "SIGKILL");
  if (!(await hasEnded(KILL_TIMEOUT_MS))) {
    throw new TimeoutError(
      `the end of ${node}`,
      KILL_TIMEOUT_MS,
      `pid ${sandbox.pid} is killed, but still there`,
    );
  }
  return graceMs > 0 ? "forced" : "clean";
}

/** The kernel takes the ports of a network namespace away some time after the last process in it has ended. */
async function waitUntilUnplugged(host: Host, runDir: string, node: string): Promise<void> {
  const record = await readRecord(host, sandboxPaths(runDir, node));
  const ports = (record?.ports ?? []).map(({ hostEnd }) => hostEnd.name);
  await pollUntil(
    { what: `the end of ${node}'s ports`, timeoutMs: KILL_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      const links = new Set(await host.list("/sys/class/net"));
      const left = ports.filter((port) => links.has(port));
      return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(", ") };
    },
  );
}
