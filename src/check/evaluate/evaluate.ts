import type { Node } from "../../fabric/types.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import { type Assertion, HOST } from "../assertions/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { fullSizeProbes, loopbackProbes } from "../expect/probes.ts";
import { hostProbes, isSelected } from "../expect/queries.ts";
import type { HostSeen } from "../model/host-seen.ts";
import type { CheckItem, Evaluation } from "../model/item.ts";
import { CHECK_KINDS, type CheckKind } from "../model/kinds.ts";
import type { NodeObservation, Observation } from "../model/observation.ts";
import type { Selection } from "../model/selection.ts";
import { evaluateAssertion } from "./assertion.ts";
import { evaluateBfd } from "./bfd.ts";
import { evaluateBgp } from "./bgp.ts";
import { evaluateHost, evaluateHostAnswer, evaluateSnat } from "./host.ts";
import { evaluateLink, touches } from "./link.ts";
import { evaluateLldp } from "./lldp.ts";
import { evaluateAnswer, evaluateDaemons } from "./node.ts";
import { evaluateLoopbacks, evaluateProbes } from "./probes.ts";
import { evaluateDefaultRoute, evaluateEcmp } from "./routes.ts";
import { evaluateServerSessions } from "./server-sessions.ts";
import { evaluateDhcp, evaluateVlans } from "./servers.ts";
import { evaluateWayOut } from "./way-out.ts";

/** All observations of a check. */
export interface Observations {
  /** The host that sends probes. */
  readonly host: Observation;
  /** All hosts of the fabric's network. */
  readonly hosts: readonly HostSeen[];
  /** Observations of the queried switches, by name. */
  readonly nodes: ReadonlyMap<string, Observation>;
  /** Switches that are off, including those that were not queried. */
  readonly off: ReadonlySet<string>;
  readonly switchPorts: SwitchPorts;
}

/** Compare observations with the plan. An unreachable switch is always an item, whatever was selected. */
export function evaluate(
  plan: CheckPlan,
  selection: Selection,
  assertions: readonly Assertion[],
  results: Observations,
): readonly CheckItem[] {
  const { fabric } = plan;
  const queried = fabric.nodes.flatMap((node) => {
    const result = results.nodes.get(node.name);
    return result === undefined ? [] : [{ node, result }];
  });
  const perNode = (evaluateOne: (node: Node, observation: NodeObservation) => readonly Evaluation[]) =>
    queried
      .filter(({ node }) => isSelected(selection, node.name))
      .flatMap(({ node, result }) => evaluateOne(node, result.observation));
  const whole = selection.nodes === null;
  const probes = hostProbes(plan, selection);
  const observations = new Map([...results.nodes].map(([name, { observation }]) => [name, observation]));
  const host = results.host.observation;
  const answerers = { off: results.off, nodes: observations };

  const items: Readonly<Record<CheckKind, () => readonly Evaluation[]>> = {
    node: () => perNode((node, observation) => [evaluateDaemons(node, observation)]),
    link: () =>
      fabric.links
        .filter((link) => whole || [...selection.nodes].some((name) => touches(link, name)))
        .map((link) => evaluateLink(plan, link, { ...results, nodes: observations })),
    host: () => (whole ? evaluateHost(results.hosts) : []),
    snat: () => [
      ...(whole ? [evaluateSnat(results.hosts, fabric)] : []),
      ...perNode((node, seen) => evaluateWayOut(plan, node, seen, host)),
    ],
    bgp: () => perNode((node, observation) => evaluateBgp(plan, node, observation)),
    bfd: () => perNode((node, observation) => evaluateBfd(plan, node, observation)),
    lldp: () => perNode((node, observation) => evaluateLldp(plan, node, observation)),
    "default-route": () => perNode((node, observation) => evaluateDefaultRoute(plan, node, observation)),
    ecmp: () => perNode((node, observation) => evaluateEcmp(plan, node, observation)),
    loopback: () => [
      ...evaluateLoopbacks(probes.loopback, null, host, answerers),
      ...perNode((node, seen) => evaluateLoopbacks(loopbackProbes(plan, node), node.name, seen, answerers)),
    ],
    mtu: () => [
      ...evaluateProbes(probes.mtu, null, host),
      ...perNode((node, seen) => evaluateProbes(fullSizeProbes(plan, node), node.name, seen)),
    ],
    dhcp: () => perNode((node, observation) => evaluateDhcp(node, observation)),
    vlan: () => perNode((node, observation) => evaluateVlans(plan, node, observation)),
    server: () => [
      ...perNode((node, observation) => evaluateServerSessions(plan, node, observation)),
      ...evaluateProbes(probes.server, null, host),
    ],
    assert: () => assertions.map((each) => evaluateAssertion(each, new Map([...observations, [HOST, host]]))),
  };
  const answers = queried
    .filter(({ result }) => selection.kinds.has("node") || result.unreachable !== null)
    .map(({ node, result }): CheckItem => ({ kind: "node", ...evaluateAnswer(node, result.unreachable) }));
  const silentHosts = results.hosts.flatMap(({ member, unreachable }): readonly CheckItem[] =>
    unreachable === null ? [] : [{ kind: "host", ...evaluateHostAnswer(member, unreachable) }],
  );
  return [
    ...answers,
    ...silentHosts,
    ...CHECK_KINDS.filter((kind) => selection.kinds.has(kind)).flatMap((kind) =>
      items[kind]().map((item): CheckItem => ({ kind, ...item })),
    ),
  ];
}
