import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { clearWire } from "./change.ts";
import { thawNodes } from "./freeze.ts";
import { observeFaults } from "./in-force.ts";

/**
 * Take back every fault: thaw switches, bring wires up. Carriers inside machines are set in any case: they can't be
 * read, and may be off although the host's end of their wire is up again.
 * @returns how many faults there were.
 */
export async function clearFaults(host: Host, fabric: Fabric, machines: Machines): Promise<number> {
  const { wires, frozen } = await observeFaults(host, fabric, machines);
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
          .catch(ignoreSilence);
      }
    }),
  );
  // Looked at again: what freezing silenced is audible by now.
  const rest = frozen.length === 0 ? wires : (await observeFaults(host, fabric, machines)).wires;
  for (const wire of rest) {
    await clearWire(host, machines, wire);
  }
  return rest.length + frozen.length;
}

/** A machine that does not listen is for others to deal with. */
function ignoreSilence(error: unknown): void {
  if (!(error instanceof CommandError || error instanceof TimeoutError)) {
    throw error;
  }
}
