import type { Settings } from "../../config/settings.ts";
import { findEmulatorUser } from "../../system/emulator-user.ts";
import type { Host } from "../../system/host.ts";
import type { BmcSwitches } from "../model/backend.ts";
import { readLaunch } from "./launch-file.ts";
import { nodeFolder, nodeFolders } from "./node-folder.ts";

/** Returns the facts about VMs that their BMCs need. BMCs start VMs with the settings of their last start. */
export async function bmcSwitches(
  host: Host,
  { emulatorUser, runDir }: Pick<Settings, "emulatorUser" | "runDir">,
): Promise<BmcSwitches> {
  const folders = await nodeFolders(host, runDir);
  const launches = await Promise.all(folders.map((folder) => readLaunch(host, folder)));
  return {
    user: await findEmulatorUser(host, emulatorUser),
    kvm: launches.some((launch) => launch?.kvm),
    consoleOf: (nodeName) => nodeFolder(runDir, nodeName).bmcConsole,
  };
}
