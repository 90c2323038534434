import { type Assertion, HOST, type RouteVia } from "../assertions/types.ts";
import { compareSeen, type Evaluation, listOrNone } from "../model/item.ts";
import type { NodeObservation, RouteHop } from "../model/observation.ts";
import { probeKey, SMALL_PACKET } from "../model/query.ts";
import { describePorts } from "./routes.ts";

/** @param observations of the host and of every queried switch, by name; for a lease: of the DHCP servers */
export function evaluateAssertion(
  assertion: Assertion,
  observations: ReadonlyMap<string, NodeObservation>,
): Evaluation {
  return assertion.kind === "lease"
    ? evaluateLease(assertion, [...observations.values()])
    : evaluateAt(assertion, observations.get(assertion.from));
}

function evaluateAt(
  assertion: Exclude<Assertion, { kind: "lease" }>,
  observation: NodeObservation | undefined,
): Evaluation {
  const { text } = assertion;
  const node = assertion.from === HOST ? null : assertion.from;
  const notAsked = { seen: false, why: "not queried", toldElsewhere: true } as const;
  if (assertion.kind === "reach") {
    const expected = assertion.wanted ? ANSWER : NO_ANSWER;
    const key = probeKey({ address: String(assertion.address), size: SMALL_PACKET });
    return compareSeen(observation?.answered ?? notAsked, node, text, expected, (answered) =>
      answered.has(key) ? ANSWER : NO_ANSWER,
    );
  }
  const expected = assertion.wanted ? describeVia(assertion.via) : describePorts([]);
  return compareSeen(observation?.routes ?? notAsked, node, text, expected, (routes) =>
    describeRoute(routes.get(String(assertion.prefix)), assertion, expected),
  );
}

function describeRoute(
  hops: readonly RouteHop[] | undefined,
  { wanted, via }: Extract<Assertion, { kind: "route" }>,
  expected: string,
): string {
  const ports = (hops ?? []).map(({ device }) => device);
  const enough = via !== null && "count" in via ? ports.length === via.count : ports.length > 0;
  const exact = via === null || !("ports" in via) || describePorts(via.ports) === describePorts(ports);
  return wanted && enough && exact ? expected : describePorts(ports);
}

function describeVia(via: RouteVia): string {
  if (via === null) {
    return "a route";
  }
  return "count" in via ? `${via.count} next ${via.count === 1 ? "hop" : "hops"}` : describePorts(via.ports);
}

function evaluateLease(
  { mac, address, text }: Extract<Assertion, { kind: "lease" }>,
  observations: readonly NodeObservation[],
): Evaluation {
  const leases = observations.flatMap(({ dhcp, dhcp6 }) =>
    [dhcp, dhcp6].flatMap((server) => (server.seen ? server.value.leases : [])),
  );
  const found = leases
    .filter((lease) => lease.mac.toLowerCase() === String(mac))
    .map((lease) => lease.address);
  const ok = address === null ? found.length > 0 : found.includes(String(address));
  const expected = String(address ?? "a lease");
  return { subject: text, node: null, expected, observed: ok ? expected : listOrNone(found), ok };
}

const ANSWER = "answer";
const NO_ANSWER = "no answer";
