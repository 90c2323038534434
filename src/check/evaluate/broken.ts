import type { Fabric, InterfaceName, Node, PortPeer } from "../../fabric/types.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import { waysTo } from "../expect/paths.ts";
import { type CheckPlan, checkPlan } from "../expect/plan.ts";
import type { CheckItem } from "../model/item.ts";
import { linkSubject } from "./link.ts";

/** Links and nodes that don't work, so that other checks fail too. */
export interface Broken {
  /** By bridge. */
  readonly links: ReadonlySet<InterfaceName>;
  /** By name. */
  readonly nodes: ReadonlySet<string>;
}

/** Injected faults, and devices that are missing. */
export interface KnownFaults {
  /** Bridges of the links. */
  readonly links: readonly InterfaceName[];
  /** Names of the frozen nodes. */
  readonly frozen: readonly string[];
}

/** Returns what is broken according to the known faults and to the items about links and nodes. */
export function brokenParts(fabric: Fabric, items: readonly CheckItem[], known: KnownFaults): Broken {
  const different = items.filter(({ ok }) => ok === false);
  const subjects = new Set(different.filter(({ kind }) => kind === "link").map(({ subject }) => subject));
  return {
    links: new Set([
      ...known.links,
      ...fabric.links.map(({ bridge }) => bridge.name).filter((name) => subjects.has(linkSubject(name))),
    ]),
    nodes: new Set([
      ...known.frozen,
      ...different.flatMap(({ kind, node }) => (kind === "node" && node !== null ? [node] : [])),
    ]),
  };
}

/**
 * Returns the plan of what remains: without the broken parts, and without nodes that these cut off from the internet
 * router.
 */
export function planWithout(plan: CheckPlan, broken: Broken): CheckPlan {
  const intact = fabricWithout(plan.fabric, broken);
  const [internet] = intact.nodes;
  if (internet?.role !== "internet") {
    return planOf(plan, fabricWithout(intact, { links: broken.links, nodes: namesOf(intact.nodes) }));
  }
  const ways = waysTo(intact, internet);
  const cutOff = intact.nodes.filter(({ name }) => name !== internet.name && ways.get(name)?.length === 0);
  const whole = planOf(plan, fabricWithout(intact, { links: broken.links, nodes: namesOf(cutOff) }));
  // By the host's link, the internet router has the default route, or that to the host.
  const lost = leavesByHost(plan.fabric.uplink) ? "default" : "host";
  return broken.links.has(plan.fabric.host.bridge)
    ? { ...whole, prefixes: whole.prefixes.filter(({ kind }) => kind !== lost) }
    : whole;
}

function planOf({ uplinkGateway, servers }: CheckPlan, fabric: Fabric): CheckPlan {
  return checkPlan(fabric, uplinkGateway, servers);
}

function namesOf(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(nodes.map(({ name }) => name));
}

function fabricWithout(fabric: Fabric, { links, nodes }: Broken): Fabric {
  const isGone = (end: PortPeer) => end.kind === "node" && nodes.has(end.node);
  const remaining = fabric.nodes
    .filter(({ name }) => !nodes.has(name))
    .map((node) => ({
      ...node,
      ports: node.ports.filter(({ bridge, peer }) => !links.has(bridge) && !isGone(peer)),
    }));
  const ports = new Set(remaining.flatMap((node) => node.ports.map((port) => `${node.name} ${port.name}`)));
  return {
    ...fabric,
    nodes: remaining,
    links: fabric.links.filter(
      ({ bridge, interfaces }) => !links.has(bridge.name) && !interfaces.some(({ end }) => isGone(end)),
    ),
    sessions: fabric.sessions.filter(({ a, b }) =>
      [a, b].every(({ node, port }) => ports.has(`${node} ${port}`)),
    ),
  };
}
