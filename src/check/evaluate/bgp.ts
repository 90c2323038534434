import type { Node } from "../../fabric/types.ts";
import type { Family } from "../../net/library.ts";
import { type CheckPlan, type SessionView, sessionsOf } from "../expect/plan.ts";
import { announced, familiesOf, type PlannedPrefix } from "../expect/prefixes.ts";
import { outsideNeighbors } from "../expect/queries.ts";
import { compare, compareProblems, compareSeen, type Evaluation, skipped } from "../model/item.ts";
import type { BgpPrefix, FrrObservation, NodeObservation, SessionState } from "../model/observation.ts";

/** Evaluates every session of this node: its state and address families, and the prefixes received and sent. */
export function evaluateBgp(
  plan: CheckPlan,
  node: Node,
  observation: NodeObservation,
): readonly Evaluation[] {
  return [
    ...evaluateSessions(plan, node, observation),
    ...evaluateServers(plan, node, observation),
    ...evaluateOutside(plan, node, observation),
  ];
}

/** Evaluates the session with a router outside, which gets the whole network and from which nothing is accepted. */
function evaluateOutside({ fabric }: CheckPlan, node: Node, { frr }: NodeObservation): readonly Evaluation[] {
  return outsideNeighbors(fabric, node).map((address) => {
    const subject = `${node.name} ${address}, the router outside`;
    const expected = `${ESTABLISHED}, prefixes sent, none accepted`;
    return compareSeen(frr, node.name, subject, expected, ({ sessions }) => {
      const { state = "no session", sent = 0, accepted = 0 } = sessions.get(address) ?? {};
      return `${state}, ${sent > 0 ? "" : "no "}prefixes sent, ${accepted > 0 ? accepted : "none"} accepted`;
    });
  });
}

/** Reports servers whose session was torn down for too many prefixes. Nothing else is expected of servers. */
function evaluateServers({ fabric }: CheckPlan, node: Node, { frr }: NodeObservation): readonly Evaluation[] {
  const expected = `at most ${fabric.serverAccess.maxPrefixes} prefixes from the server`;
  const cutOff = frr.seen ? frr.value.cutOff : [];
  return cutOff.map((port) =>
    compare(node.name, `${node.name} ${port}`, expected, "more; session torn down"),
  );
}

function evaluateSessions(plan: CheckPlan, node: Node, { frr }: NodeObservation): readonly Evaluation[] {
  return sessionsOf(plan.fabric, node).flatMap((session) => {
    const subject = `${node.name} ${session.port}`;
    const expected = `${ESTABLISHED} with AS ${session.peer.asn}, IPv4 and IPv6`;
    return [
      compareSeen(frr, node.name, subject, expected, ({ sessions }) =>
        describeSession(sessions.get(session.port)),
      ),
      ...familiesOf(plan.fabric).flatMap((family) => evaluatePrefixes(plan, node, session, frr, family)),
    ];
  });
}

/** Evaluates the prefixes of one family that a session receives and sends. */
function evaluatePrefixes(
  plan: CheckPlan,
  node: Node,
  session: SessionView,
  frr: NodeObservation["frr"],
  family: Family,
): readonly Evaluation[] {
  const prefixes = plan.prefixes.filter(({ prefix }) => prefix.family === family);
  const incoming = announced(prefixes, session.peer, node);
  const outgoing = announced(prefixes, node, session.peer);
  const word = family === 4 ? "" : "IPv6 ";
  const received = `${incoming.always.length} planned ${word}prefixes from ${session.peer.name}`;
  const sent = `${outgoing.always.length} or more ${word}prefixes to ${session.peer.name}`;
  const [receivedBy, sentBy] = [
    `${node.name} ${session.port} ${word}received`,
    `${node.name} ${session.port} ${word}sent`,
  ];
  const state = frr.seen ? frr.value.sessions.get(session.port) : undefined;
  if (!frr.seen || state?.state !== ESTABLISHED) {
    const why = frr.seen ? "the session is not established" : frr.why;
    return [skipped(node.name, receivedBy, received, why), skipped(node.name, sentBy, sent, why)];
  }
  const paths = pathsFrom(frr.value, session, state).filter(
    ({ prefix }) => prefix.includes(":") === (family === 6),
  );
  const count = family === 4 ? state.sent : state.sent6;
  const missing = count < outgoing.always.length ? [`${count} prefixes`] : [];
  return [
    compareProblems(node.name, receivedBy, received, wrongPrefixes(plan, incoming, paths)),
    compareProblems(node.name, sentBy, sent, missing),
  ];
}

const ESTABLISHED = "Established";

function describeSession(session: SessionState | undefined): string {
  if (session === undefined) {
    return "no session";
  }
  const families = session.families.length === 0 ? "no family" : session.families.join(" and ");
  return session.state === ESTABLISHED
    ? `${session.state} with AS ${session.remoteAs}, ${families}`
    : session.state;
}

/** FRR names a path's neighbor by its address, which is link-local on these sessions, or by its port. */
function pathsFrom({ prefixes }: FrrObservation, { port }: SessionView, { address }: SessionState) {
  return prefixes.filter(({ from }) => from === address || from === port);
}

/**
 * Servers announce from ASes of their own; their prefixes are ignored. A prefix from one of the fabric's ASes must be
 * planned, and each planned prefix must come from its planned AS.
 */
function wrongPrefixes(
  { fabric }: CheckPlan,
  { always, maybe }: ReturnType<typeof announced>,
  received: readonly BgpPrefix[],
): readonly string[] {
  const asns = new Set(fabric.nodes.map(({ asn }) => asn));
  // Keyed by prefix and AS, since a neighbor may announce any number.
  const keyOf = (planned: PlannedPrefix) => `${planned.prefix} ${planned.origin.asn}`;
  const receivedKeys = new Set(received.map(({ prefix, originAs }) => `${prefix} ${originAs}`));
  const plannedKeys = new Set([...always, ...maybe].map(keyOf));
  const missing = always.filter((planned) => !receivedKeys.has(keyOf(planned)));
  const unplanned = received
    .filter((path) => asns.has(path.originAs ?? 0))
    .filter(({ prefix, originAs }) => !plannedKeys.has(`${prefix} ${originAs}`));
  return [
    ...(missing.length === 0
      ? []
      : [
          `${always.length - missing.length} planned prefixes, without ${missing.map(({ prefix }) => prefix).join(", ")}`,
        ]),
    ...(unplanned.length === 0
      ? []
      : [
          `unplanned: ${unplanned.map(({ prefix, originAs }) => `${prefix} from AS ${originAs}`).join(", ")}`,
        ]),
  ];
}
