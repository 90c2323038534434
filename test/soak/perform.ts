import { setTimeout } from "node:timers/promises";
import type { FabricSite } from "../e2e/fabric-site.ts";
import type { Action, Mend } from "./actions.ts";

export interface Bench {
  readonly site: FabricSite;
  /** Usual durations of `up` and `down`. */
  readonly upMs: number;
  readonly downMs: number;
}

/** Performs the action, expects `check` or `status` to report it, and repairs it with ikvswitch's own commands. */
export async function perform(action: Action, bench: Bench): Promise<void> {
  const { site } = bench;
  const up = () => site.ikvswitch(["up"]);
  switch (action.kind) {
    case "link": {
      const { a, b } = action.link;
      await site.ikvswitch(["link", action.fault, a, b]);
      await site.ikvswitch(["check"], [4]);
      await mend(site, action.mend, ["link", "up", a, b]);
      return;
    }
    case "node":
      await site.ikvswitch(["node", action.fault, action.node]);
      await site.ikvswitch(["check"], [4]);
      await mend(site, action.mend, ["node", action.fault === "stop" ? "start" : "thaw", action.node]);
      return;
    case "restart":
      await site.ikvswitch(["node", "restart", action.node]);
      return;
    case "double":
      await site.ikvswitch(["link", "down", action.link.a, action.link.b]);
      await site.ikvswitch(["node", "freeze", action.node]);
      await site.ikvswitch(["check"], [4]);
      await up();
      return;
    case "kill-init":
      await killHard(site, [await firstProcess(site, action.node)]);
      await site.ikvswitch(["status"], [4]);
      await up();
      return;
    case "kill-daemon":
      await killHard(site, await daemonProcesses(site, action.node, action.daemon));
      return;
    case "delete-bridge":
      await site.host.run("ip", ["link", "del", action.link.bridge]);
      await site.ikvswitch(["net", "status"], [4]);
      await up();
      return;
    case "up-again":
      await up();
      return;
    case "down-up":
      await site.ikvswitch(["down"]);
      await up();
      return;
    case "kill-up":
      await site.ikvswitch(["down"]);
      await killAfter(site, "up", (bench.upMs * action.afterPercent) / 100);
      await up();
      return;
    case "kill-down":
      await killAfter(site, "down", (bench.downMs * action.afterPercent) / 100);
      await up();
      return;
  }
}

async function mend(site: FabricSite, how: Mend, undo: readonly string[]): Promise<void> {
  await site.ikvswitch(how === "up" ? ["up"] : undo);
}

async function killAfter(site: FabricSite, command: string, ms: number): Promise<void> {
  const started = site.start([command]);
  await setTimeout(ms);
  started.kill("SIGKILL");
  await started.output;
}

async function firstProcess(site: FabricSite, node: string): Promise<number> {
  const pid = (await site.pids())[node];
  if (pid === undefined) {
    throw new Error(`${node} does not run`);
  }
  return pid;
}

/** Returns the pids of this daemon in the switch's PID namespace. */
async function daemonProcesses(site: FabricSite, node: string, daemon: string): Promise<readonly number[]> {
  const first = await firstProcess(site, node);
  const { stdout } = await site.host.run("pgrep", [
    ...["--ns", String(first), "--nslist", "net", "--exact", daemon],
  ]);
  return stdout.split("\n").filter(Boolean).map(Number);
}

async function killHard(site: FabricSite, pids: readonly number[]): Promise<void> {
  await site.host.run("kill", ["-KILL", ...pids.map(String)]);
}
