import type { Fabric } from "../../src/fabric/types.ts";
import { pollUntil } from "../../src/system/poll.ts";
import type { FabricSite } from "./fabric-site.ts";

/** Wait until every switch sees the neighbors that it was planned to have, and no others. */
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

/** `leaf1 ens4 spine1 ens5` for each that the switch's lldpd knows; none while that does not run yet. */
async function neighborsOf(site: FabricSite, node: string): Promise<readonly string[]> {
  const asked = ["exec", node, "lldpcli", "-f", "json", "show", "neighbors"];
  const { exitCode, stdout } = await site.ikvswitch(asked, [0, 1]);
  const { interface: found = [] } = exitCode === 0 ? JSON.parse(stdout).lldp : {};
  // One by itself is no list.
  const ports: readonly Readonly<Record<string, Neighbor>>[] = [found].flat();
  return ports
    .flatMap((port) => Object.entries(port))
    .map(
      ([name, { chassis, port }]) =>
        `${node} ${name} ${Object.keys(chassis)[0]?.split(".")[0]} ${port.id.value}`,
    );
}
