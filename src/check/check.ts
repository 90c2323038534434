import type { Fabric } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import type { HostNetworkSettings } from "../host/start.ts";
import { hostNetworkStatus } from "../host/status.ts";
import { uplinkGateway } from "../host/uplink.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { askHost, askNodes } from "./ask/ask-nodes.ts";
import type { Assertion } from "./assertions/types.ts";
import { checkPlan } from "./expect/plan.ts";
import { hostQuestion, nodeQuestions, selectAssertions } from "./expect/questions.ts";
import { judge } from "./judge/judge.ts";
import type { CheckItem } from "./model/item.ts";
import type { Sight } from "./model/observation.ts";
import { type CheckReport, summarize, type TimedItem } from "./model/report.ts";
import type { Selection } from "./model/selection.ts";

export interface CheckQuestion {
  readonly fabric: Fabric;
  readonly machines: Machines;
  readonly settings: HostNetworkSettings;
  /** What the switches' ends of the wires are on the host. */
  readonly switchPorts: SwitchPorts;
  readonly selection: Selection;
  readonly assertions: readonly Assertion[];
}

/**
 * Is the running fabric the planned one? Asks every switch and the host once, and changes nothing.
 * @throws PreflightError where the host can't be looked at.
 */
export async function check(host: Host, question: CheckQuestion): Promise<CheckReport> {
  const startedMs = performance.now();
  const { machines, selection, switchPorts } = question;
  const fabric = machines.vlans ? question.fabric : untaggedFabric(question.fabric);
  const assertions = selectAssertions(fabric, selection, question.assertions);
  const plan = checkPlan(fabric, selection.kinds.has("snat") ? await uplinkGateway(host) : null);
  const [drift, off, hostSight, nodes] = await Promise.all([
    observeDrift(host, question),
    findSwitchesOff(question),
    askHost(host, hostQuestion(plan, selection, assertions)),
    askNodes(machines, nodeQuestions(plan, selection, assertions)),
  ]);
  const items = judge(plan, selection, assertions, { host: hostSight, nodes, off, drift, switchPorts });
  return {
    version: 1,
    backend: machines.backend,
    asPlanned: items.length > 0 && items.every(({ ok }) => ok !== false),
    durationMs: Math.round(performance.now() - startedMs),
    summary: summarize(items),
    notes: machines.vlans ? [] : [NO_VLANS],
    items: withDurations(items, hostSight, nodes),
  };
}

const NO_VLANS = "This kernel lacks 802.1Q: server ports are untagged, and DHCP and VLANs are not checked.";

async function observeDrift(host: Host, { fabric, settings, selection, switchPorts }: CheckQuestion) {
  const { kinds, nodes } = selection;
  const wanted = nodes === null && (kinds.has("host") || kinds.has("snat"));
  return wanted ? (await hostNetworkStatus(host, fabric, settings, switchPorts)).drift : [];
}

/** Looked at before and after the probes it would be surer; a switch that ends in between is found by the next check. */
async function findSwitchesOff({ fabric, machines, selection }: CheckQuestion): Promise<ReadonlySet<string>> {
  if (!selection.kinds.has("loopback")) {
    return new Set();
  }
  const powers = await Promise.all(
    fabric.nodes.map(async ({ name }) => ({ name, power: (await machines.power(name)).power })),
  );
  return new Set(powers.flatMap(({ name, power }) => (power === "off" ? [name] : [])));
}

function withDurations(
  items: readonly CheckItem[],
  host: Sight,
  nodes: ReadonlyMap<string, Sight>,
): readonly TimedItem[] {
  const counts = new Map<string | null, number>();
  for (const { node } of items) {
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return items.map((item) => {
    const sight = item.node === null ? host : nodes.get(item.node);
    const durationMs = (sight?.durationMs ?? 0) / (counts.get(item.node) ?? 1);
    return { ...item, durationMs: Math.round(durationMs * 100) / 100 };
  });
}
