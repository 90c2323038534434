import { TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { setBmcAddresses } from "./addresses.ts";
import { bmcPaths } from "./paths.ts";
import { endProcesses, findBmcProcesses } from "./processes.ts";

/** A simulator may just have started its chassis program, again and again only if it is no simulator any more. */
const TIMEOUT_MS = 30_000;

/**
 * End all BMCs and remove all that they were started with. To be called before the machines are stopped, so that
 * none is switched on again. Does nothing where there are none.
 */
export async function stopBmcs(
  host: Host,
  fabric: Fabric,
  { runDir }: { readonly runDir: string },
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { simulators, proxy, chassis } = await findBmcProcesses(host, runDir);
    const processes = [...[...simulators.values()].flat(), ...proxy, ...chassis];
    if (processes.length === 0) {
      break;
    }
    if (Date.now() > deadline) {
      const pids = processes.map(({ pid }) => pid).join(", ");
      throw new TimeoutError(
        "the end of the BMCs' processes",
        TIMEOUT_MS,
        `there are always others: pid ${pids}`,
      );
    }
    await endProcesses(host, processes);
  }
  await setBmcAddresses(host, fabric.host.bmcBridge, []);
  await host.remove(bmcPaths(runDir).folder);
}
