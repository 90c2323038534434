import type { HostInterface, InterfaceName, Link, Node, Port } from "../../fabric/types.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { compare, compareProblems, type Evaluation, skipped } from "../model/item.ts";
import type { InterfaceState, NodeObservation } from "../model/observation.ts";

export interface LinkObservations {
  readonly host: NodeObservation;
  /** Observations of the queried switches, by name. */
  readonly nodes: ReadonlyMap<string, NodeObservation>;
  readonly switchPorts: SwitchPorts;
}

/** One item per link: its bridge and the bridge's ports on the host, and the ports at its ends in the switches. */
export function evaluateLink({ fabric }: CheckPlan, link: Link, results: LinkObservations): Evaluation {
  const { bridge, interfaces } = link;
  const ends = interfaces.flatMap((item) =>
    item.end.kind === "node" ? [`${item.end.node} ${item.end.port}`] : [],
  );
  const expected = `up, MTU ${bridge.mtu}: ${[...interfaces.map(({ name }) => name), ...ends].join(", ")}`;
  const subject = linkSubject(bridge.name);
  const onHost = results.host.interfaces;
  if (!onHost.seen) {
    return onHost.toldElsewhere
      ? skipped(null, subject, expected, onHost.why)
      : compare(null, subject, expected, onHost.why);
  }
  const found = onHost.value;
  return compareProblems(null, subject, expected, [
    ...problemsOf(bridge.name, found.get(bridge.name), { mtu: bridge.mtu, carrier: false, master: null }),
    ...interfaces
      .filter((item) => isExpected(item, results))
      .flatMap((item) =>
        problemsOf(item.name, found.get(item.name), {
          mtu: item.mtu,
          carrier: hasCarrier(item, results),
          master: bridge.name,
        }),
      ),
    ...interfaces.flatMap((item) => insideProblems(fabric.nodes, item, results)),
  ]);
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
