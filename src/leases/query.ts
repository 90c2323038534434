import { CommandError, TimeoutError } from "../errors.ts";
import type { ServingLeaf } from "../fabric/reservations.ts";
import type { Family } from "../net/library.ts";
import type { Machines } from "../nodes/machines.ts";
import { mapAtOnce } from "../system/at-once.ts";
import type { Command } from "../system/host.ts";
import { parseLeases } from "./kea-answer.ts";
import type { LeafLeases } from "./lease.ts";

/** Queries the DHCP server of each of these leaves. A leaf that is off or does not answer is no error. */
export async function queryLeases(
  machines: Machines,
  leaves: readonly ServingLeaf[],
): Promise<readonly LeafLeases[]> {
  return mapAtOnce(leaves, machines.patience.atOnce, (leaf) => queryLeaf(machines, leaf));
}

async function queryLeaf(machines: Machines, { name, dhcp }: ServingLeaf): Promise<LeafLeases> {
  const unknown = (why: string): LeafLeases => ({ known: false, why });
  try {
    if ((await machines.power(name)).power === "off") {
      return unknown("off");
    }
    if (await machines.isFrozen(name)) {
      return unknown("frozen");
    }
    const families = dhcp.network6 === undefined ? ([4] as const) : ([4, 6] as const);
    const answers = await Promise.all(
      families.map(async (family) =>
        parseLeases(await askKea(machines, name, `lease${family}-get-all`, family), Date.now() / 1000),
      ),
    );
    return { known: true, leases: answers.flat() };
  } catch (error) {
    if (error instanceof TimeoutError) {
      return unknown("no answer in time");
    }
    if (error instanceof CommandError) {
      return unknown(error.stderr.trim().split("\n")[0] || "no answer");
    }
    throw error;
  }
}

/**
 * Sends a command without arguments to a leaf's DHCP server.
 * @returns its answer, a JSON document.
 * @throws CommandError if it does not run; TimeoutError if it does not answer.
 */
export async function askKea(
  machines: Machines,
  nodeName: string,
  command: string,
  family: Family = 4,
): Promise<string> {
  const { programSeconds, timeoutMs } = machines.patience;
  const ask: Command = {
    file: `${machines.library}/ask-kea`,
    args: [String(programSeconds), JSON.stringify({ command }), `kea${family}`],
  };
  return (await machines.exec(nodeName, ask, { timeoutMs })).stdout;
}
