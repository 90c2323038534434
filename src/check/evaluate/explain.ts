import type { CheckPlan } from "../expect/plan.ts";
import type { CheckItem } from "../model/item.ts";
import { type Broken, planWithout } from "./broken.ts";

/**
 * Returns those differences that follow from broken links and nodes: they would be no differences if the plan lacked
 * these parts.
 * @param items the result of `evaluatePlan(plan)`
 * @param evaluatePlan compares the same observations with another plan
 */
export function findExplained(
  plan: CheckPlan,
  items: readonly CheckItem[],
  broken: Broken,
  evaluatePlan: (plan: CheckPlan) => readonly CheckItem[],
): ReadonlySet<CheckItem> {
  if (broken.links.size === 0 && broken.nodes.size === 0) {
    return new Set();
  }
  const remaining = evaluatePlan(planWithout(plan, broken));
  const unexplained = new Set(remaining.filter(({ ok }) => ok === false).map(keyOf));
  const hostIsCutOff = broken.links.has(plan.fabric.host.bridge) || broken.nodes.has("internet");
  return new Set(
    items.filter(
      (item) =>
        item.ok === false &&
        !CAUSES.has(item.kind) &&
        (!unexplained.has(keyOf(item)) || (hostIsCutOff && item.node === null && PROBES.has(item.kind))),
    ),
  );
}

/** What is broken itself. */
const CAUSES: ReadonlySet<CheckItem["kind"]> = new Set(["node", "link", "host"]);
/** What the host finds out by packets into the fabric. */
const PROBES: ReadonlySet<CheckItem["kind"]> = new Set(["loopback", "mtu", "server"]);

function keyOf({ kind, node, subject }: CheckItem): string {
  return `${kind} ${node} ${subject}`;
}
