import type { Fabric, Wire } from "../../fabric/types.ts";

/** Number of the spine that each wire belongs to, by the wire's bridge; wires of no spine are left out. */
export function spinesOfWires(fabric: Fabric): ReadonlyMap<string, number> {
  const numbers = new Map(
    fabric.nodes.flatMap((node): [string, number][] =>
      node.role === "spine" ? [[node.name, node.spineNumber]] : [],
    ),
  );
  return new Map(
    fabric.wires.flatMap((wire) => {
      const spine = nodesOf(wire)
        .map((name) => numbers.get(name))
        .find((number) => number !== undefined);
      return spine === undefined ? [] : [[wire.bridge.name, spine] as const];
    }),
  );
}

/** Names of the nodes at a wire's ends. */
export function nodesOf(wire: Wire): string[] {
  return wire.interfaces.flatMap(({ end }) => (end.kind === "node" ? [end.node] : []));
}
