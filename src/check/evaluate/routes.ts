import type { Fabric, Node } from "../../fabric/types.ts";
import { hasOwnPort } from "../../fabric/uplink.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { DEFAULT_ROUTES, familiesOf, type PlannedPrefix } from "../expect/prefixes.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { NodeObservation, RouteHop } from "../model/observation.ts";

/**
 * Evaluates the default route: of the internet router out of the fabric, of all others towards the internet router.
 * Without a way out, nobody has one.
 */
export function evaluateDefaultRoute(
  plan: CheckPlan,
  node: Node,
  observation: NodeObservation,
): readonly Evaluation[] {
  return familiesOf(plan.fabric).map((family) => {
    const planned = plan.prefixes.find(({ kind, prefix }) => kind === "default" && prefix.family === family);
    const ports =
      planned?.origin.name === node.name ? portsOut(plan.fabric, node) : portsTowards(planned, node);
    const subject = `${node.name} ${family === 4 ? "" : "IPv6 "}default route`;
    return evaluateRoute(observation, node, subject, DEFAULT_ROUTES[family], ports);
  });
}

/** Evaluates the routes to every other node's networks: all shortest paths and no others. */
export function evaluateEcmp(
  plan: CheckPlan,
  node: Node,
  observation: NodeObservation,
): readonly Evaluation[] {
  return plan.prefixes
    .filter(({ kind, origin }) => kind !== "default" && origin.name !== node.name)
    .map((planned) => {
      const subject = `${node.name} → ${planned.origin.name} ${withoutHostLength(planned.prefix)}`;
      return evaluateRoute(observation, node, subject, planned.prefix, portsTowards(planned, node));
    });
}

function evaluateRoute(
  { routes }: NodeObservation,
  node: Node,
  subject: string,
  prefix: Prefix,
  ports: readonly string[],
): Evaluation {
  return compareSeen(routes, node.name, subject, describePorts(ports), (table) =>
    describePorts(portsOf(table.get(String(prefix)) ?? [])),
  );
}

function portsTowards(planned: PlannedPrefix | undefined, node: Node): readonly string[] {
  return (planned?.ways.get(node.name) ?? []).map(({ port }) => port);
}

function portsOut({ uplink }: Fabric, node: Node): readonly string[] {
  const kind = hasOwnPort(uplink) ? "outside" : "host";
  return node.ports.filter(({ peer }) => peer.kind === kind).map(({ name }) => name);
}

function portsOf(hops: readonly RouteHop[]): readonly string[] {
  return hops.map(({ device }) => device);
}

/** `2 next hops: ens4, ens5`, in the order of their numbers. */
export function describePorts(ports: readonly string[]): string {
  const sorted = [...ports].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (sorted.length === 0) {
    return "no route";
  }
  return `${sorted.length} next ${sorted.length === 1 ? "hop" : "hops"}: ${sorted.join(", ")}`;
}

function withoutHostLength(prefix: Prefix): string {
  return String(prefix.isSingle ? prefix.first : prefix);
}
