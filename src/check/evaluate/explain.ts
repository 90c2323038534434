import type { Fabric } from "../../fabric/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { onHost } from "../model/host-seen.ts";
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
  const impaired = impairedDevices(plan.fabric, broken);
  const hostIsCutOff = broken.links.has(plan.fabric.host.bridge) || broken.nodes.has("internet");
  return new Set(
    items.filter((item) => {
      const isOfHost = hostIsCutOff && item.node === null && PROBES.has(item.kind);
      const follows = !CAUSES.has(item.kind) && (isOfHost || !unexplained.has(keyOf(item)));
      return item.ok === false && (follows || impaired.has(keyOf(item)));
    }),
  );
}

/**
 * Returns the host's items about the queueing disciplines by which links are blackholed or impaired and switches are
 * frozen. What was injected is listed with the faults.
 */
function impairedDevices(fabric: Fabric, broken: Broken): ReadonlySet<string> {
  const ends = fabric.links.flatMap(({ bridge, interfaces }) =>
    interfaces.filter(
      ({ end }) => broken.links.has(bridge.name) || (end.kind === "node" && broken.nodes.has(end.node)),
    ),
  );
  const members = fabric.cluster?.members.map(({ name }) => name) ?? [null];
  return new Set(
    ends.flatMap(({ name }) =>
      members.map((member) =>
        keyOf({ kind: "host", node: null, subject: onHost(member, `device ${name}: qdisc`) }),
      ),
    ),
  );
}

/** What is broken itself. */
const CAUSES: ReadonlySet<CheckItem["kind"]> = new Set(["node", "link", "host"]);
/** What the host finds out by packets into the fabric. */
const PROBES: ReadonlySet<CheckItem["kind"]> = new Set(["loopback", "mtu", "server"]);

function keyOf({ kind, node, subject }: Pick<CheckItem, "kind" | "node" | "subject">): string {
  return `${kind} ${node} ${subject}`;
}
