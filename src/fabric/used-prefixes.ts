import { Prefix } from "../net/prefix.ts";
import type { Fabric } from "./types.ts";

/** Returns the networks in which the plan has addresses; most are parts of a whole network. */
export function usedPrefixes(fabric: Fabric): readonly Prefix[] {
  const { networks6 } = fabric;
  const leaves = fabric.nodes.filter((node) => node.role === "leaf");
  return [
    fabric.hostPrefix,
    fabric.loopbackPrefix,
    fabric.host.bmcPrefix,
    ...leaves.flatMap(({ dhcp }) => (dhcp === null ? [] : [dhcp.prefix, Prefix.single(dhcp.nextServer)])),
    ...leaves.flatMap(({ l2Vlans }) => l2Vlans.map(({ prefix }) => prefix)),
    ...(networks6 === undefined
      ? []
      : [networks6.hostPrefix, networks6.loopbackPrefix, networks6.serverPrefix]),
    ...leaves.flatMap(({ dhcp }) => dhcp?.network6?.prefix ?? []),
    ...leaves.flatMap(({ l2Vlans }) => l2Vlans.flatMap(({ gateway6 }) => gateway6?.prefix ?? [])),
  ];
}
