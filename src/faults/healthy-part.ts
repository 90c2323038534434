import type { Fabric, Link, LinkEnd } from "../fabric/types.ts";
import type { ActiveFaults } from "./active-faults.ts";

/**
 * Returns the part of the fabric that should work despite active faults: the nodes that the host reaches over links and
 * nodes without a fault, and the sessions on such links.
 */
export function healthyPart(fabric: Fabric, { links, frozen }: ActiveFaults): Fabric {
  const broken = new Set(links.map(({ bridge }) => bridge));
  const sound = fabric.links.filter(
    ({ bridge, interfaces }) =>
      !broken.has(bridge.name) &&
      !interfaces.some(({ end }) => end.kind === "node" && frozen.includes(end.node)),
  );
  const reached = reachedFrom("host", sound);
  return {
    ...fabric,
    nodes: fabric.nodes.filter(({ name }) => reached.has(name)),
    sessions: fabric.sessions.filter(({ a, b }) =>
      sound.some(
        (link) => reached.has(a.node) && [a, b].every(({ node, port }) => leadsTo(link, node, port)),
      ),
    ),
  };
}

function leadsTo({ interfaces }: Link, node: string, port: string): boolean {
  return interfaces.some(({ end }) => end.kind === "node" && end.node === node && end.port === port);
}

function reachedFrom(start: string, links: readonly Link[]): ReadonlySet<string> {
  const reached = new Set([start]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { interfaces } of links) {
      const names = interfaces.map(({ end }) => nameOf(end));
      if (names.some((name) => reached.has(name))) {
        names.forEach((name) => {
          reached.add(name);
        });
      }
    }
  }
  return reached;
}

function nameOf(end: LinkEnd): string {
  switch (end.kind) {
    case "host":
      return "host";
    case "node":
      return end.node;
    case "server":
      // Servers do not forward between switches, so each end is a node of its own.
      return `server ${end.rack} ${end.position} ${end.nic}`;
  }
}
