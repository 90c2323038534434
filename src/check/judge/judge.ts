import type { Node } from "../../fabric/types.ts";
import type { DriftItem } from "../../host/model/drift-item.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import { type Assertion, HOST } from "../assertions/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { fullSizeProbes, loopbackProbes } from "../expect/probes.ts";
import { hostProbes, isSelected } from "../expect/questions.ts";
import type { CheckItem, Judged } from "../model/item.ts";
import { CHECK_KINDS, type CheckKind } from "../model/kinds.ts";
import type { NodeObservation, Sight } from "../model/observation.ts";
import type { Selection } from "../model/selection.ts";
import { judgeAssertion } from "./assertion.ts";
import { judgeBfd } from "./bfd.ts";
import { judgeBgp } from "./bgp.ts";
import { judgeHost, judgeSnat } from "./host.ts";
import { judgeLldp } from "./lldp.ts";
import { judgeAnswer, judgeDaemons } from "./node.ts";
import { judgeLoopbacks, judgeProbes } from "./probes.ts";
import { judgeDefaultRoute, judgeEcmp } from "./routes.ts";
import { judgeDhcp, judgeVlans } from "./servers.ts";
import { judgeWayOut } from "./way-out.ts";
import { judgeWire, touches } from "./wire.ts";

/** All that was seen. */
export interface Sights {
  readonly host: Sight;
  /** Of those switches that were asked. */
  readonly nodes: ReadonlyMap<string, Sight>;
  /** Switches that are off, those that were not asked included. */
  readonly off: ReadonlySet<string>;
  /** Where the host differs from the plan. */
  readonly drift: readonly DriftItem[];
  readonly switchPorts: SwitchPorts;
}

/** Compare all that was seen with the plan. A switch that could not be asked is an item whatever was selected. */
export function judge(
  plan: CheckPlan,
  selection: Selection,
  assertions: readonly Assertion[],
  sights: Sights,
): readonly CheckItem[] {
  const { fabric } = plan;
  const asked = fabric.nodes.flatMap((node) => {
    const sight = sights.nodes.get(node.name);
    return sight === undefined ? [] : [{ node, sight }];
  });
  const perNode = (judgeOne: (node: Node, observation: NodeObservation) => readonly Judged[]) =>
    asked
      .filter(({ node }) => isSelected(selection, node.name))
      .flatMap(({ node, sight }) => judgeOne(node, sight.observation));
  const whole = selection.nodes === null;
  const probes = hostProbes(plan, selection);
  const observations = new Map([...sights.nodes].map(([name, { observation }]) => [name, observation]));
  const host = sights.host.observation;
  const answerers = { off: sights.off, nodes: observations };

  const items: Readonly<Record<CheckKind, () => readonly Judged[]>> = {
    node: () => perNode((node, observation) => [judgeDaemons(node, observation)]),
    wire: () =>
      fabric.wires
        .filter((wire) => whole || [...selection.nodes].some((name) => touches(wire, name)))
        .map((wire) => judgeWire(plan, wire, { host, nodes: observations, switchPorts: sights.switchPorts })),
    host: () => (whole ? judgeHost(sights.drift) : []),
    snat: () => [
      ...(whole ? [judgeSnat(sights.drift, fabric.prefix)] : []),
      ...perNode((node, seen) => (node.role === "internet" ? judgeWayOut(plan, node, seen, host) : [])),
    ],
    bgp: () => perNode((node, observation) => judgeBgp(plan, node, observation)),
    bfd: () => perNode((node, observation) => judgeBfd(plan, node, observation)),
    lldp: () => perNode((node, observation) => judgeLldp(plan, node, observation)),
    "default-route": () => perNode((node, observation) => judgeDefaultRoute(plan, node, observation)),
    ecmp: () => perNode((node, observation) => judgeEcmp(plan, node, observation)),
    loopback: () => [
      ...judgeLoopbacks(probes.loopback, null, host, answerers),
      ...perNode((node, seen) => judgeLoopbacks(loopbackProbes(plan, node), node.name, seen, answerers)),
    ],
    mtu: () => [
      ...judgeProbes(probes.mtu, null, host),
      ...perNode((node, seen) => judgeProbes(fullSizeProbes(plan, node), node.name, seen)),
    ],
    dhcp: () => perNode((node, observation) => judgeDhcp(node, observation)),
    vlan: () => perNode((node, observation) => judgeVlans(plan, node, observation)),
    assert: () => assertions.map((each) => judgeAssertion(each, new Map([...observations, [HOST, host]]))),
  };
  const answers = asked
    .filter(({ sight }) => selection.kinds.has("node") || sight.trouble !== null)
    .map(({ node, sight }): CheckItem => ({ kind: "node", ...judgeAnswer(node, sight.trouble) }));
  return [
    ...answers,
    ...CHECK_KINDS.filter((kind) => selection.kinds.has(kind)).flatMap((kind) =>
      items[kind]().map((item): CheckItem => ({ kind, ...item })),
    ),
  ];
}
