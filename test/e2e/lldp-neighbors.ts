import type { Fabric } from "../../src/fabric/types.ts";
import { pollUntil } from "../../src/system/poll.ts";
import type { FabricSite } from "./fabric-site.ts";

/** Waits until every switch sees its planned neighbors, and no others. */
export async function untilNeighborsAreSeen(site: FabricSite, fabric: Fabric): Promise<void> {
  const expected = fabric.sessions
    .flatMap(({ a, b }) => [
      `${a.node} ${a.port} ${b.node} ${b.port}`,
      `${b.node} ${b.port} ${a.node} ${a.port}`,
    ])
    .sort();
  await pollUntil({ what: "LLDP neighbors", timeoutMs: 60_000, intervalMs: 1_000 }, async () => {
    const seen = await Promise.all(fabric.nodes.map(({ name }) => neighborsOf(site, name)));
    return JSON.stringify(seen.flat().sort()) === JSON.stringify(expected)
      ? { done: true, value: undefined }
      : { done: false, seen: seen.flat().join("\n") };
  });
}

interface Neighbor {
  readonly chassis: Readonly<Record<string, unknown>>;
  readonly port: { readonly id: { readonly value: string } };
}

/** Returns `leaf1 ens4 spine1 ens5` for each neighbor that the switch's lldpd knows; none before lldpd runs. */
async function neighborsOf(site: FabricSite, node: string): Promise<readonly string[]> {
  const asked = ["exec", node, "lldpcli", "-f", "json", "show", "neighbors"];
  const { exitCode, stdout } = await site.ikvswitch(asked, [0, 1]);
  const { interface: found = [] } = exitCode === 0 ? JSON.parse(stdout).lldp : {};
  // lldpcli prints a single interface without a list.
  const ports: readonly Readonly<Record<string, Neighbor>>[] = [found].flat();
  return ports
    .flatMap((port) => Object.entries(port))
    .map(
      ([name, { chassis, port }]) =>
        `${node} ${name} ${Object.keys(chassis)[0]?.split(".")[0]} ${port.id.value}`,
    );
}
