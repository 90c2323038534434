import type { Fabric, InterfaceName, Node } from "../../fabric/types.ts";

/** A port that leads one hop nearer to another node, and the neighbor behind it. */
export interface NextHop {
  readonly port: InterfaceName;
  readonly node: string;
}

/** The shortest paths from every node to one: next hops in the order of the ports; none for the node itself. */
export type WaysTo = ReadonlyMap<string, readonly NextHop[]>;

/**
 * Computes the paths that BGP selects. Every node is an AS of its own, so the shortest AS paths are the shortest paths,
 * and all of them are used (multipath-relax). Leaves announce only their own prefixes: no path transits a leaf.
 */
export function waysTo(fabric: Fabric, origin: Node): WaysTo {
  const byName = new Map(fabric.nodes.map((node) => [node.name, node]));
  const passesOn = (node: Node): boolean => node === origin || node.role !== "leaf";
  const distances = new Map([[origin.name, 0]]);
  const queue = [origin];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const distance = (distances.get(node.name) ?? 0) + 1;
    for (const { node: name } of passesOn(node) ? neighborsOf(node) : []) {
      const neighbor = byName.get(name);
      if (neighbor !== undefined && !distances.has(name)) {
        distances.set(name, distance);
        queue.push(neighbor);
      }
    }
  }
  const nextHops = (node: Node): readonly NextHop[] =>
    neighborsOf(node).filter(({ node: name }) => {
      const neighbor = byName.get(name);
      const isNearer = distances.get(name) === (distances.get(node.name) ?? 0) - 1;
      return isNearer && neighbor !== undefined && passesOn(neighbor);
    });
  return new Map(fabric.nodes.map((node) => [node.name, nextHops(node)]));
}

/** Returns the node's ports that lead to other nodes. */
export function neighborsOf(node: Node): readonly NextHop[] {
  return node.ports.flatMap(({ name, peer }) =>
    peer.kind === "node" ? [{ port: name, node: peer.node }] : [],
  );
}
