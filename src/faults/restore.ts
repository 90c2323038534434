import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import { observeFaults } from "./active-faults.ts";
import { clearLink } from "./change.ts";
import { thawNodes } from "./freeze.ts";

/**
 * Clears every fault: thaws switches, brings links up. Carriers in switches are set in any case: they cannot be read,
 * and may be off although the host's end of their link is up again.
 * @returns the number of faults.
 */
export async function clearFaults(
  hosts: readonly NetworkHost[],
  fabric: Fabric,
  machines: Machines,
): Promise<number> {
  const { links, frozen } = await observeFaults(hosts, fabric, machines);
  await thawNodes(machines, frozen);
  await Promise.all(
    fabric.nodes.map(async ({ name, ports }) => {
      if ((await machines.power(name)).power === "on") {
        await machines
          .setCarrier(
            name,
            ports.map((port) => port.name),
            true,
          )
          .catch(ignoreUnreachable);
      }
    }),
  );
  // Observed again, because thawing the switches has cleared the links that freezing had blackholed.
  const rest = frozen.length === 0 ? links : (await observeFaults(hosts, fabric, machines)).links;
  for (const link of rest) {
    await clearLink(hosts, machines, link);
  }
  return rest.length + frozen.length;
}

/** Ignores a switch that does not answer; other code handles it. */
function ignoreUnreachable(error: unknown): void {
  if (!(error instanceof CommandError || error instanceof TimeoutError)) {
    throw error;
  }
}
