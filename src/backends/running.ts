import type { Backend, Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { netnsMachines } from "./netns/machines.ts";
import { sandboxPaths } from "./netns/paths.ts";
import { sandboxPid } from "./netns/process.ts";
import { readRecord } from "./netns/record.ts";
import { qemuMachines } from "./qemu/machines.ts";
import { nodePaths, nodesFolder } from "./qemu/paths.ts";
import { machinePid } from "./qemu/process.ts";

/**
 * The switches that run below this run directory.
 * @param otherwise what they are made of where none runs and nothing tells how they last were: BACKEND.
 */
export async function runningMachines(
  host: Host,
  runDir: string,
  otherwise: Backend = "qemu",
): Promise<Machines> {
  const names = await host.list(nodesFolder(runDir));
  const records = await Promise.all(names.map((name) => readRecord(host, sandboxPaths(runDir, name))));
  const kept = records.find((record) => record !== undefined);
  const backend = (await runningBackend(host, runDir)) ?? (kept === undefined ? otherwise : "netns");
  return backend === "netns" ? netnsMachines(host, runDir, kept?.vlans ?? true) : qemuMachines(host, runDir);
}

/** What the switches that run are made of; undefined where none runs. */
export async function runningBackend(host: Host, runDir: string): Promise<Backend | undefined> {
  const names = await host.list(nodesFolder(runDir));
  const [sandboxes, machines] = await Promise.all([
    Promise.all(names.map((name) => sandboxPid(host, sandboxPaths(runDir, name)))),
    Promise.all(names.map((name) => machinePid(host, nodePaths(runDir, name)))),
  ]);
  const runs = (pids: readonly (number | undefined)[]) => pids.some((pid) => pid !== undefined);
  return runs(sandboxes) ? "netns" : runs(machines) ? "qemu" : undefined;
}
