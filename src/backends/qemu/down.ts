import { nodesFolder } from "../../nodes/run-paths.ts";
import { killProcess } from "../../system/end-process.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { stopMachine } from "./machine.ts";
import { nodeFolder } from "./node-folder.ts";
import { findMachines } from "./process.ts";

/** Stops all VMs below this run directory. Without a grace period their power is cut at once. */
export async function stopMachines(
  host: Host,
  runDir: string,
  options: { readonly graceMs: number },
): Promise<DownReport> {
  const running = await findMachines(host, runDir);
  if (options.graceMs === 0) {
    await killMachines(host, runDir);
    return Object.fromEntries([...running.keys()].map((name) => [name, "forced"]));
  }
  const names = [...new Set([...(await host.list(nodesFolder(runDir))), ...running.keys()])];
  const outcomes = await Promise.all(
    names.map(async (name) => [name, await stopMachine(host, nodeFolder(runDir, name), options)] as const),
  );
  // VMs that remain have no pid file: their start was interrupted, or they are an unintended second instance.
  await killMachines(host, runDir);
  return Object.fromEntries(outcomes.filter(([, outcome]) => outcome !== "was off"));
}

/** Kills every VM below this run directory. */
export async function killMachines(host: Host, runDir: string): Promise<void> {
  const machines = [...(await findMachines(host, runDir))];
  await Promise.all(
    machines.flatMap(([name, processes]) => processes.map((process) => killProcess(host, process, name))),
  );
}
