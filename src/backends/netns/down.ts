import { nodesFolder } from "../../nodes/run-paths.ts";
import { endGroups } from "../../system/cgroups/groups.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { sandboxPaths } from "./paths.ts";
import { ownNetwork } from "./process.ts";
import { killStrays, stopSandboxes } from "./stop.ts";

/** End all sandboxes below this run directory at once: they have nothing to write, and their neighbors go with them. */
export async function endSandboxes(host: Host, runDir: string): Promise<DownReport> {
  const outcomes = await stopSandboxes(host, runDir, {
    names: await sandboxNames(host, runDir),
    graceMs: 0,
  });
  await killStrays(host, runDir, null);
  // Whatever else a switch has left behind, under whatever name.
  await endGroups(host, await ownNetwork(host));
  return outcomes;
}

async function sandboxNames(host: Host, runDir: string): Promise<readonly string[]> {
  const names = await host.list(nodesFolder(runDir));
  const folders = await Promise.all(names.map((name) => host.list(sandboxPaths(runDir, name).folder)));
  // Whatever its record is by now.
  return names.filter((name, index) => {
    const { folder, record } = sandboxPaths(runDir, name);
    return folders[index]?.includes(record.slice(folder.length + 1));
  });
}
