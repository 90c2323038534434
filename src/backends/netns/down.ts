import { endGroups } from "../../system/cgroups/groups.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { netnsFolders } from "./netns-folder.ts";
import { ownNetwork } from "./process.ts";
import { endNetns, killStrays } from "./stop.ts";

/** End all netns below this run directory at once: they have nothing to write, and their neighbors go with them. */
export async function endAllNetns(host: Host, runDir: string): Promise<DownReport> {
  const outcomes = await endNetns(host, runDir, await netnsNames(host, runDir));
  await killStrays(host, runDir, null);
  // Whatever else a switch has left behind, under whatever name.
  await endGroups(host, await ownNetwork(host));
  return outcomes;
}

async function netnsNames(host: Host, runDir: string): Promise<readonly string[]> {
  const folders = await netnsFolders(host, runDir);
  const files = await Promise.all(folders.map(({ path }) => host.list(path)));
  // Whatever its record is by now.
  return folders
    .filter(({ path, record }, index) => files[index]?.includes(record.slice(path.length + 1)))
    .map(({ name }) => name);
}
