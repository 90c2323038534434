import type { Node } from "../../fabric/types.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { type ServerSession, serverSessions } from "../expect/servers.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { FrrObservation, NodeObservation } from "../model/observation.ts";

/** Evaluates this node's sessions with servers: their state, and that the leaf accepts the address. */
export function evaluateServerSessions(
  plan: CheckPlan,
  node: Node,
  { frr }: NodeObservation,
): readonly Evaluation[] {
  return serverSessions(plan, node).map((session) => {
    const { address, asn, name } = session.server;
    const expected = `Established with AS ${asn}, which announces ${address}/32`;
    return compareSeen(frr, node.name, `${node.name} ${session.port} ${name}`, expected, (seen) =>
      describe(seen, session),
    );
  });
}

function describe({ sessions, prefixes }: FrrObservation, { port, server }: ServerSession): string {
  const session = sessions.get(port);
  if (session?.state !== "Established") {
    return session?.state ?? "no session";
  }
  const announced = prefixes.some(
    ({ prefix, from }) => prefix === `${server.address}/32` && (from === session.address || from === port),
  );
  const what = `${announced ? "announces" : "does not announce"} ${server.address}/32`;
  return `${session.state} with AS ${session.remoteAs}, which ${what}`;
}
