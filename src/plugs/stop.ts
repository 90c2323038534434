import type { Settings } from "../config/settings.ts";
import { endProcesses } from "../system/end-process.ts";
import type { Host } from "../system/host.ts";
import { plugFolder, plugPaths } from "./paths.ts";
import { findPlugProcesses } from "./processes.ts";

/** Closes the sockets, disconnects their clients and removes all files. Does nothing if there are none. */
export async function stopPlugSockets(host: Host, settings: Settings): Promise<void> {
  const { runDir } = settings;
  await endProcesses(host, await findPlugProcesses(host, runDir), "a process of the sockets for VMs");
  const { folder, logs } = plugPaths(runDir);
  await Promise.all([plugFolder(settings), folder, logs].map((path) => host.remove(path)));
}
