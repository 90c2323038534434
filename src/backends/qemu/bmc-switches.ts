import type { BmcSwitches } from "../../bmc/plan.ts";
import type { Config } from "../../config/types.ts";
import { findEmulatorUser } from "../../system/emulator-user.ts";
import type { Host } from "../../system/host.ts";
import { readLaunch } from "./launch-file.ts";
import { nodeFolder, nodeFolders } from "./node-folder.ts";

/** What BMCs have to know of the machines that they control. They start them as those were started last. */
export async function bmcSwitches(
  host: Host,
  { EMULATOR_USER, RUN_DIR }: Pick<Config, "EMULATOR_USER" | "RUN_DIR">,
): Promise<BmcSwitches> {
  const folders = await nodeFolders(host, RUN_DIR);
  const launches = await Promise.all(folders.map((folder) => readLaunch(host, folder)));
  return {
    backend: "qemu",
    user: await findEmulatorUser(host, EMULATOR_USER),
    kvm: launches.some((launch) => launch?.kvm),
    consoleOf: (nodeName) => nodeFolder(RUN_DIR, nodeName).bmcConsole,
  };
}
