import type { Fabric, Link } from "../../fabric/types.ts";

/** Returns the number of each link's spine, by the link's bridge; links without a spine are omitted. */
export function spinesOfLinks(fabric: Fabric): ReadonlyMap<string, number> {
  const numbers = new Map(
    fabric.nodes.flatMap((node): [string, number][] =>
      node.role === "spine" ? [[node.name, node.spineNumber]] : [],
    ),
  );
  return new Map(
    fabric.links.flatMap((link) => {
      const spine = nodesOf(link)
        .map((name) => numbers.get(name))
        .find((number) => number !== undefined);
      return spine === undefined ? [] : [[link.bridge.name, spine] as const];
    }),
  );
}

/** Returns the names of the nodes at a link's ends. */
export function nodesOf(link: Link): string[] {
  return link.interfaces.flatMap(({ end }) => (end.kind === "node" ? [end.node] : []));
}
