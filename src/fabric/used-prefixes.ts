import { Prefix } from "../net/prefix.ts";
import type { Fabric } from "./types.ts";

/** Returns the networks in which the plan has addresses; most are parts of the whole network. */
export function usedPrefixes(fabric: Fabric): readonly Prefix[] {
  const leaves = fabric.nodes.filter((node) => node.role === "leaf");
  return [
    fabric.hostPrefix,
    fabric.loopbackPrefix,
    fabric.host.bmcPrefix,
    ...leaves.flatMap(({ dhcp }) => (dhcp === null ? [] : [dhcp.prefix, Prefix.single(dhcp.nextServer)])),
    ...leaves.flatMap(({ l2Vlans }) => l2Vlans.map(({ prefix }) => prefix)),
  ];
}
