import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { setBmcAddresses } from "./addresses.ts";
import { bmcPaths } from "./paths.ts";
import { endProcesses, findBmcProcesses, processRole } from "./processes.ts";

/**
 * End all BMCs and remove all that they were started with. To be called before the machines are stopped, so that
 * none is switched on again. Does nothing where there are none.
 */
export async function stopBmcs(
  host: Host,
  fabric: Fabric,
  { runDir }: { readonly runDir: string },
): Promise<void> {
  for (;;) {
    const { simulators, attendant, chassis } = await findBmcProcesses(host, runDir);
    const pids = [...[...simulators.values()].flat(), ...attendant, ...chassis];
    if (pids.length === 0) {
      break;
    }
    await endProcesses(host, pids, (args) => processRole(args, runDir) !== undefined);
  }
  await setBmcAddresses(host, fabric.host.bmcBridge, []);
  await host.remove(bmcPaths(runDir).folder);
}
