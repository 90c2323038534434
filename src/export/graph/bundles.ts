import type { Fabric, Link, Rack, SpineNode } from "../../fabric/types.ts";
import { nodesOf } from "./link-spine.ts";

/** The links between a rack's leaves and one spine. */
export interface Bundle {
  readonly rack: Rack;
  readonly spine: SpineNode;
  readonly links: readonly Link[];
}

/** Returns the links of spines to leaves, by rack and then by spine. */
export function bundlesOf(fabric: Fabric): Bundle[] {
  const links = fabric.links.filter(({ kind }) => kind === "spine-leaf");
  const bySwitches = new Map(links.map((link) => [nodesOf(link).join(" "), link]));
  const spines = fabric.nodes.filter((node) => node.role === "spine");
  return fabric.racks.flatMap((rack) =>
    spines.map((spine) => ({
      rack,
      spine,
      links: rack.leaves.flatMap((leaf) => bySwitches.get(`${spine.name} ${leaf}`) ?? []),
    })),
  );
}
