import type { BmcSwitches } from "../../bmc/plan.ts";
import type { Config } from "../../config/types.ts";
import { nodesFolder } from "../../nodes/run-paths.ts";
import { findEmulatorUser } from "../../system/emulator-user.ts";
import type { Host } from "../../system/host.ts";
import { readLaunch } from "./launch-file.ts";
import { nodePaths } from "./paths.ts";

/** What BMCs have to know of the machines that they control. They start them as those were started last. */
export async function bmcSwitches(
  host: Host,
  { EMULATOR_USER, RUN_DIR }: Pick<Config, "EMULATOR_USER" | "RUN_DIR">,
): Promise<BmcSwitches> {
  const names = await host.list(nodesFolder(RUN_DIR));
  const launches = await Promise.all(names.map((name) => readLaunch(host, nodePaths(RUN_DIR, name))));
  return {
    backend: "qemu",
    user: await findEmulatorUser(host, EMULATOR_USER),
    kvm: launches.some((launch) => launch?.kvm),
    consoleOf: (nodeName) => nodePaths(RUN_DIR, nodeName).bmcConsole,
  };
}
