import { fabricNumber } from "../../fabric/mark.ts";
import { endGroups } from "../../system/cgroups/end-groups.ts";
import { fabricGroup } from "../../system/cgroups/fabric-group.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { netnsFolders } from "./netns-folder.ts";
import { endNetns, killStrays } from "./stop.ts";

/**
 * Ends all netns below this run directory at once, without grace: they have no data to write, and their neighbors end
 * too.
 * @param onWarning called for each whose leases can't be kept.
 */
export async function endAllNetns(
  host: Host,
  runDir: string,
  onWarning: (text: string) => void,
): Promise<DownReport> {
  const outcomes = await endNetns(host, runDir, await netnsNames(host, runDir), onWarning);
  await killStrays(host, runDir, null);
  // Kills the remaining processes of a switch, whatever their names.
  await endGroups(host, await fabricGroup(host, fabricNumber(runDir), "switches"));
  return outcomes;
}

async function netnsNames(host: Host, runDir: string): Promise<readonly string[]> {
  const folders = await netnsFolders(host, runDir);
  const files = await Promise.all(folders.map(({ path }) => host.list(path)));
  // A record of any content counts, even a damaged one.
  return folders
    .filter(({ path, record }, index) => files[index]?.includes(record.slice(path.length + 1)))
    .map(({ name }) => name);
}
