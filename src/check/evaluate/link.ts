import type { HostInterface, InterfaceName, Link, Node, Port } from "../../fabric/types.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { CheckPlan } from "../expect/plan.ts";
import type { HostSeen } from "../model/host-seen.ts";
import { compare, compareProblems, type Evaluation, skipped } from "../model/item.ts";
import type { InterfaceState, NodeObservation } from "../model/observation.ts";

export interface LinkObservations {
  /** The hosts of the fabric's network. */
  readonly hosts: readonly Pick<HostSeen, "member" | "links" | "observation">[];
  /** Observations of the queried switches, by name. */
  readonly nodes: ReadonlyMap<string, NodeObservation>;
  readonly switchPorts: SwitchPorts;
}

/**
 * One item per link: its bridge and the bridge's ports on the host, and the ports at its ends in the switches. A link
 * between members of a cluster has a bridge on both, and the devices between these.
 */
export function evaluateLink({ fabric }: CheckPlan, link: Link, results: LinkObservations): Evaluation {
  const { bridge, interfaces } = link;
  const ends = interfaces.flatMap((item) =>
    item.end.kind === "node" ? [`${item.end.node} ${item.end.port}`] : [],
  );
  const expected = `up, MTU ${bridge.mtu}: ${[...interfaces.map(({ name }) => name), ...ends].join(", ")}`;
  const subject = linkSubject(bridge.name);
  const parts = results.hosts.flatMap(({ member, links, observation }) => {
    const there = links.get(bridge.name);
    return there === undefined ? [] : [{ member, there, seen: observation.interfaces }];
  });
  const unseen = parts.flatMap(({ seen }) => (seen.seen ? [] : [seen]))[0];
  if (unseen !== undefined) {
    return unseen.toldElsewhere
      ? skipped(null, subject, expected, unseen.why)
      : compare(null, subject, expected, unseen.why);
  }
  return compareProblems(null, subject, expected, [
    ...parts.flatMap(({ member, there, seen }) =>
      seen.seen ? hostProblems(there, seen.value, results).map((problem) => withMember(member, problem)) : [],
    ),
    ...interfaces.flatMap((item) => insideProblems(fabric.nodes, item, results)),
  ]);
}

/** `m2 iksb12: missing` */
function withMember(member: string | null, problem: string): string {
  return member === null ? problem : `${member} ${problem}`;
}

/** @param link with those ends that are on the host. */
function hostProblems(
  { bridge, interfaces, cut }: Link,
  found: ReadonlyMap<InterfaceName, InterfaceState>,
  results: LinkObservations,
): readonly string[] {
  const { mtu, name: master } = bridge;
  return [
    ...problemsOf(master, found.get(master), { mtu, carrier: false, master: null }),
    ...interfaces
      .filter((item) => isExpected(item, results))
      .flatMap((item) =>
        problemsOf(item.name, found.get(item.name), {
          mtu: item.mtu,
          carrier: hasCarrier(item, results),
          master,
        }),
      ),
    ...(cut === undefined
      ? []
      : [
          ...problemsOf(cut.port, found.get(cut.port), { mtu, carrier: true, master }),
          ...problemsOf(cut.patch, found.get(cut.patch), { mtu, carrier: true, master: null }),
          ...problemsOf(cut.tunnel, found.get(cut.tunnel), { mtu, carrier: false, master: null }),
        ]),
  ];
}

/** Returns the subject of the item about a link. @param bridge its bridge */
export function linkSubject(bridge: InterfaceName): string {
  return `link ${bridge}`;
}

/** Reports whether one of the link's ends is at this node. */
export function touches(link: Link, name: string): boolean {
  return link.interfaces.some(({ end }) => end.kind === "node" && end.node === name);
}

interface PlannedInterface {
  readonly mtu: number;
  readonly carrier: boolean;
  readonly master: string | null;
}

/** Returns false for the end of a switch that is off, if the device exists only while the switch runs. */
function isExpected({ end }: HostInterface, { switchPorts }: LinkObservations): boolean {
  return end.kind !== "node" || switchPorts.kind === "tap" || switchPorts.running.includes(end.node);
}

/**
 * Servers come and go, so their ends need no carrier. A switch that is off has none either; a separate item reports
 * that.
 */
function hasCarrier({ end }: HostInterface, { nodes }: LinkObservations): boolean {
  const node = end.kind === "node" ? nodes.get(end.node) : undefined;
  return node !== undefined && (node.interfaces.seen || !node.interfaces.toldElsewhere);
}

function insideProblems(
  nodes: readonly Node[],
  { end }: HostInterface,
  results: LinkObservations,
): readonly string[] {
  const interfaces = end.kind === "node" ? results.nodes.get(end.node)?.interfaces : undefined;
  if (end.kind !== "node" || interfaces === undefined || (!interfaces.seen && interfaces.toldElsewhere)) {
    return [];
  }
  const port: Port | undefined = nodes
    .find(({ name }) => name === end.node)
    ?.ports.find(({ name }) => name === end.port);
  return interfaces.seen
    ? problemsOf(`${end.node} ${end.port}`, interfaces.value.get(end.port), {
        mtu: port?.mtu ?? 0,
        carrier: true,
        master: null,
      })
    : [`${end.node} ${end.port}: ${interfaces.why}`];
}

function problemsOf(
  name: string,
  state: InterfaceState | undefined,
  planned: PlannedInterface,
): readonly string[] {
  if (state === undefined) {
    return [`${name}: missing`];
  }
  const wrong = [
    ...(state.up ? [] : ["down"]),
    ...(state.up && planned.carrier && !state.carrier ? ["no carrier"] : []),
    ...(state.mtu === planned.mtu ? [] : [`MTU ${state.mtu}`]),
    ...(planned.master === null || state.master === planned.master
      ? []
      : [state.master === null ? `not in ${planned.master}` : `in ${state.master}`]),
  ];
  return wrong.length === 0 ? [] : [`${name}: ${wrong.join(", ")}`];
}
