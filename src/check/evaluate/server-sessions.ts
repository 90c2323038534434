import type { Node } from "../../fabric/types.ts";
import { Address } from "../../net/address.ts";
import { Prefix } from "../../net/prefix.ts";
import type { CheckPlan } from "../expect/plan.ts";
import { addressesOf, type ServerSession, serverSessions } from "../expect/servers.ts";
import { compareSeen, type Evaluation } from "../model/item.ts";
import type { FrrObservation, NodeObservation } from "../model/observation.ts";

/** Evaluates this node's sessions with servers: their state, and that the leaf accepts the address. */
export function evaluateServerSessions(
  plan: CheckPlan,
  node: Node,
  { frr }: NodeObservation,
): readonly Evaluation[] {
  return serverSessions(plan, node).map((session) => {
    const { asn, name } = session.server;
    const prefixes = addressesOf(session.server).map(singlePrefix).join(" and ");
    const expected = `Established with AS ${asn}, which announces ${prefixes}`;
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
  const announced = prefixes
    .filter(({ from }) => from === session.address || from === port)
    .map(({ prefix }) => prefix);
  const wanted = addressesOf(server).map(singlePrefix);
  const missing = wanted.filter((prefix) => !announced.includes(prefix));
  const what =
    missing.length === 0 ? `announces ${wanted.join(" and ")}` : `does not announce ${missing.join(" and ")}`;
  return `${session.state} with AS ${session.remoteAs}, which ${what}`;
}

function singlePrefix(address: string): string {
  return String(Prefix.single(Address.from(address)));
}
