import { linkName, linksOf } from "../../fabric/ends.ts";
import type { Fabric, Link, Node } from "../../fabric/types.ts";

/** The plan as the server sends it. Its addresses are texts, which is all that is done with them here. */
export interface Plan {
  readonly fabric: Fabric;
  /** All links between two ends, by bridge. */
  readonly links: ReadonlyMap<string, Link>;
  readonly nodes: ReadonlyMap<string, Node>;
}

export function planOf(fabric: Fabric): Plan {
  return {
    fabric,
    links: new Map(linksOf(fabric).map((link) => [link.bridge.name, link])),
    nodes: new Map(fabric.nodes.map((node) => [node.name, node])),
  };
}

/** `spine1 ens5 – leaf1 ens4`; the bridge's own name if no link has it. */
export function nameOfLink({ links }: Plan, bridge: string): string {
  const link = links.get(bridge);
  return link === undefined ? bridge : linkName(link);
}

/** Returns a switch's links, in the order of its ports. */
export function linksOfNode({ links }: Plan, node: Node): readonly Link[] {
  return node.ports.flatMap(({ bridge }) => links.get(bridge) ?? []);
}

/** What is selected: its details are shown. */
export type Selection =
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "link"; readonly bridge: string }
  | null;
