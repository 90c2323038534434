import type { Fabric, Node } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import { serverPorts } from "../../render/server-ports.ts";
import { type Assertion, HOST } from "../assertions/types.ts";
import type { CheckKind } from "../model/kinds.ts";
import { type Probe, type Query, SMALL_PACKET, type Source } from "../model/query.ts";
import { NODE_SOURCES, type Selection } from "../model/selection.ts";
import { type CheckPlan, sessionsOf, wayOutSender } from "./plan.ts";
import { fullSizeProbes, loopbackProbes, type PlannedProbe, wayOutProbe } from "./probes.ts";
import { serverProbes, serverSessions } from "./servers.ts";

/** The timeout depends on the backend; it is added when the query runs. */
type Untimed = Omit<Query, "timeoutSeconds">;

/** Returns the query of each switch; switches with nothing to query are omitted. */
export function nodeQueries(
  plan: CheckPlan,
  selection: Selection,
  assertions: readonly Assertion[],
): ReadonlyMap<string, Untimed> {
  return new Map(
    plan.fabric.nodes.flatMap((node): readonly (readonly [string, Untimed])[] => {
      const query = nodeQuery(plan, selection, assertions, node);
      return query.sources.size === 0 ? [] : [[node.name, query]];
    }),
  );
}

function nodeQuery(
  plan: CheckPlan,
  selection: Selection,
  assertions: readonly Assertion[],
  node: Node,
): Untimed {
  const asserted = assertions.filter((each) => askedBy(each) === node.name);
  const kinds = isSelected(selection, node.name) ? [...selection.kinds] : [];
  const servesDhcp = node.role === "leaf" && node.dhcp !== null;
  const servesDhcp6 = node.role === "leaf" && node.dhcp?.network6 !== undefined;
  const passesVlans = node.role === "leaf" && node.l2Vlans.length > 0;
  const needed: readonly Source[] = [
    ...kinds.flatMap((kind) => NODE_SOURCES[kind]),
    ...(plan.fabric.networks6 !== undefined && kinds.some((kind) => ROUTE_KINDS.has(kind))
      ? (["ip6"] as const)
      : []),
    ...asserted.flatMap(sourcesOf),
    ...(servesDhcp && assertions.some(({ kind }) => kind === "lease") ? (["dhcp", "dhcp6"] as const) : []),
  ];
  const probes: readonly Probe[] = [
    ...(kinds.includes("loopback") ? loopbackProbes(plan, node) : []),
    ...(kinds.includes("mtu") ? fullSizeProbes(plan, node) : []),
    ...(kinds.includes("snat") && node.name === wayOutSender(plan.fabric) ? wayOutProbe(plan) : []),
    ...asserted.flatMap(assertionProbe),
  ];
  const useless = (source: Source) =>
    (source === "dhcp" && !servesDhcp) ||
    (source === "dhcp6" && !servesDhcp6) ||
    (source === "vlans" && !passesVlans) ||
    (source === "ping" && probes.length === 0);
  return {
    sources: new Set(needed.filter((source) => !useless(source))),
    ports: [
      ...sessionsOf(plan.fabric, node).map(({ port }) => port),
      ...(kinds.includes("bgp") ? outsideNeighbors(plan.fabric, node) : []),
      ...(kinds.includes("server") ? serverSessions(plan, node).map(({ port }) => port) : []),
    ],
    hasServers: serverPorts(node).length > 0,
    ipv6: plan.fabric.networks6 !== undefined,
    probes,
  };
}

/** Returns the addresses of the node's BGP neighbors outside. */
export function outsideNeighbors({ uplink }: Fabric, node: Node): readonly string[] {
  return node.role === "internet" && "bgp" in uplink && uplink.bgp !== null
    ? [String(uplink.bgp.address)]
    : [];
}
/** The kinds of checks that compare routes. */
const ROUTE_KINDS: ReadonlySet<CheckKind> = new Set(["default-route", "ecmp"]);

/** The host's query. */
export function hostQuery(plan: CheckPlan, selection: Selection, assertions: readonly Assertion[]): Untimed {
  const asserted = assertions.filter((each) => askedBy(each) === HOST);
  const { loopback, mtu, snat, server } = hostProbes(plan, selection);
  const probes = [...loopback, ...mtu, ...snat, ...server, ...asserted.flatMap(assertionProbe)];
  return {
    sources: new Set([
      ...(selection.kinds.has("link") ? (["ip"] as const) : []),
      ...(probes.length > 0 ? (["ping"] as const) : []),
      ...asserted.flatMap(sourcesOf),
    ]),
    ports: [],
    hasServers: false,
    ipv6: false,
    probes,
  };
}

/** The host's probes, to selected switches only. */
export function hostProbes(
  plan: CheckPlan,
  selection: Selection,
): Readonly<Record<"loopback" | "mtu" | "snat" | "server", readonly PlannedProbe[]>> {
  const toSelected = ({ target }: PlannedProbe) => isSelected(selection, target);
  return {
    loopback: selection.kinds.has("loopback") ? loopbackProbes(plan, null).filter(toSelected) : [],
    mtu: selection.kinds.has("mtu") ? fullSizeProbes(plan, null).filter(toSelected) : [],
    snat:
      selection.kinds.has("snat") && !hasOwnPort(plan.fabric.uplink)
        ? wayOutProbe(plan).filter(toSelected)
        : [],
    server: selection.kinds.has("server") && selection.nodes === null ? serverProbes(plan.servers) : [],
  };
}

export function isSelected({ nodes }: Selection, name: string): boolean {
  return nodes === null || nodes.has(name);
}

/** Returns the assertions that apply to the selected kinds and switches. */
export function selectAssertions(
  fabric: Fabric,
  { kinds, nodes }: Selection,
  assertions: readonly Assertion[],
): readonly Assertion[] {
  const wanted = nodes === null ? new Set([HOST, ...fabric.nodes.map(({ name }) => name)]) : nodes;
  return assertions.filter((each) => {
    const queried = askedBy(each);
    return kinds.has("assert") && (queried === null ? nodes === null : wanted.has(queried));
  });
}

/** The switch to query; null for all leaves that serve DHCP. */
function askedBy(assertion: Assertion): string | null {
  return assertion.kind === "lease" ? null : assertion.from;
}

function assertionProbe(assertion: Assertion): readonly Probe[] {
  return assertion.kind === "reach" ? [{ address: String(assertion.address), size: SMALL_PACKET }] : [];
}

function sourcesOf(assertion: Assertion): readonly Source[] {
  switch (assertion.kind) {
    case "reach":
      return ["ping"];
    case "route":
      return assertion.prefix.family === 6 ? ["ip", "ip6"] : ["ip"];
    case "lease":
      return ["dhcp", "dhcp6"];
  }
}
