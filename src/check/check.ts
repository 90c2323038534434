import type { Fabric } from "../fabric/types.ts";
import { hostNetworkStatus } from "../host/status.ts";
import type { Machines } from "../switches/machines.ts";
import type { Host } from "../system/host.ts";
import { askHost, askNodes, type Sight } from "./ask/ask-nodes.ts";
import type { Assertion } from "./assertions/types.ts";
import { checkPlan } from "./expect/plan.ts";
import type { CheckItem } from "./item.ts";
import { judge } from "./judge/judge.ts";
import { hostQuestion, nodeQuestions, selectAssertions } from "./questions.ts";
import { type CheckReport, summarize, type TimedItem } from "./report.ts";
import type { Selection } from "./selection.ts";

export interface CheckQuestion {
  readonly fabric: Fabric;
  readonly machines: Machines;
  readonly selection: Selection;
  readonly assertions: readonly Assertion[];
}

/**
 * Is the running fabric the planned one? Asks every switch and the host once, and changes nothing.
 * @throws PreflightError where the host can't be looked at.
 */
export async function check(host: Host, question: CheckQuestion): Promise<CheckReport> {
  const startedMs = performance.now();
  const { fabric, machines, selection } = question;
  const assertions = selectAssertions(fabric, selection, question.assertions);
  const plan = checkPlan(fabric);
  const [drift, hostSight, nodes] = await Promise.all([
    observeDrift(host, fabric, selection),
    askHost(host, hostQuestion(plan, selection, assertions)),
    askNodes(machines, nodeQuestions(plan, selection, assertions)),
  ]);
  const items = judge(plan, selection, assertions, { host: hostSight, nodes, drift });
  return {
    version: 1,
    backend: machines.backend,
    asPlanned: items.length > 0 && items.every(({ ok }) => ok !== false),
    durationMs: Math.round(performance.now() - startedMs),
    summary: summarize(items),
    notes: [],
    items: withDurations(items, hostSight, nodes),
  };
}

async function observeDrift(host: Host, fabric: Fabric, { kinds, nodes }: Selection) {
  const wanted = nodes === null && (kinds.has("host") || kinds.has("snat"));
  return wanted ? (await hostNetworkStatus(host, fabric)).drift : [];
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
