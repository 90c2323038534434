import { UsageError } from "../errors.ts";
import type { Machines } from "../nodes/machines.ts";

/**
 * Freezes switches: they neither forward nor answer, and their links keep carrier.
 * @throws UsageError if one is off.
 */
export async function freezeNodes(machines: Machines, nodes: readonly string[]): Promise<void> {
  await demandPower(machines, nodes, "freeze");
  await Promise.all(nodes.map((node) => machines.freeze(node)));
}

/**
 * Resumes frozen switches; does nothing for others that run.
 * @throws UsageError if one is off.
 */
export async function thawNodes(machines: Machines, nodes: readonly string[]): Promise<void> {
  await demandPower(machines, nodes, "thaw");
  await Promise.all(
    nodes.map(async (node) => {
      if (await machines.isFrozen(node)) {
        await machines.thaw(node);
      }
    }),
  );
}

async function demandPower(machines: Machines, nodes: readonly string[], action: string): Promise<void> {
  const powers = await Promise.all(nodes.map((node) => machines.power(node)));
  const off = nodes.filter((_, index) => powers[index]?.power === "off");
  if (off.length > 0) {
    throw new UsageError(`cannot ${action} ${off.join(", ")}: not running`);
  }
}
