import { TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { endProcesses } from "../system/end-process.ts";
import type { Host } from "../system/host.ts";
import { setBmcAddresses } from "./addresses.ts";
import { bmcPaths } from "./paths.ts";
import { findBmcProcesses } from "./processes.ts";

/**
 * Time limit. A simulator may start its chassis program while it is ended; a process that keeps starting others is not
 * a simulator.
 */
const TIMEOUT_MS = 30_000;

/**
 * Ends all BMCs and removes all their files. Call it before the switches are stopped, so that no BMC powers one on
 * again. Does nothing if there are none.
 */
export async function stopBmcs(
  host: Host,
  fabric: Fabric,
  { runDir }: { readonly runDir: string },
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { simulators, proxy, agent, chassis } = await findBmcProcesses(host, runDir);
    const processes = [...[...simulators.values()].flat(), ...proxy, ...agent, ...chassis];
    if (processes.length === 0) {
      break;
    }
    if (Date.now() > deadline) {
      const pids = processes.map(({ pid }) => pid).join(", ");
      throw new TimeoutError(
        "the end of the BMCs' processes",
        TIMEOUT_MS,
        `new ones keep starting: pid ${pids}`,
      );
    }
    await endProcesses(host, processes, "a process of the BMCs");
  }
  await setBmcAddresses(host, fabric.host.bmcBridge, []);
  await host.remove(bmcPaths(runDir).folder);
}
