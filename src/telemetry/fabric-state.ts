import { servingLeaves } from "../fabric/reservations.ts";
import type { Fabric, SessionEnd } from "../fabric/types.ts";
import { activeFaults } from "../faults/active-faults.ts";
import { describeState, faultLines, isBlackholedByFreeze } from "../faults/format.ts";
import { observeLinks } from "../faults/observe.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import { queryLeases } from "../leases/query.ts";
import { type ObservedSessions, observersOf, observeSessions } from "../nodes/bgp.ts";
import type { Machines } from "../nodes/machines.ts";
import { runnableFabric } from "../nodes/runs-plan.ts";
import { mapAtOnce } from "../system/at-once.ts";
import type { FabricState } from "./events.ts";

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Observes what events tell of. As few switches as possible are queried for sessions. What can't be seen, since a switch
 * is off, frozen or silent, stays as it was seen before.
 */
export async function observeFabricState(
  hosts: readonly NetworkHost[],
  planned: Fabric,
  machines: Machines,
  before: FabricState,
): Promise<FabricState> {
  const fabric = runnableFabric({ machines, fabric: planned });
  const [node, links] = await Promise.all([observeNodes(machines, fabric), observeLinks(hosts, fabric)]);
  const frozen = [...node].flatMap(([name, state]) => (state === "frozen" ? [name] : []));
  const isRunning = (name: string) => node.get(name) === "running";
  const [session, lease] = await Promise.all([
    observeAllSessions(machines, fabric, isRunning, before.session),
    observeLeases(machines, fabric, before.lease),
  ]);
  return {
    node,
    link: new Map(
      links.flatMap((link): [string, string][] => {
        // The node's own event tells of a freeze.
        const state = isBlackholedByFreeze(link, frozen) ? before.link.get(link.name) : describeState(link);
        return state === undefined ? [] : [[link.name, state]];
      }),
    ),
    session,
    lease,
    fault: new Map(
      faultLines(activeFaults(links, frozen)).map((line) => [line.replace(/^fault: /, ""), "injected"]),
    ),
  };
}

async function observeNodes(machines: Machines, { nodes }: Fabric): Promise<ReadonlyMap<string, string>> {
  const states = nodes.map(async ({ name }): Promise<[string, string]> => {
    if ((await machines.power(name)).power === "off") {
      return [name, "stopped"];
    }
    return [name, (await machines.isFrozen(name)) ? "frozen" : "running"];
  });
  return new Map(await Promise.all(states));
}

/** Returns FRR's name of each session's state, by the session's link. */
async function observeAllSessions(
  machines: Machines,
  fabric: Fabric,
  isRunning: (node: string) => boolean,
  before: FabricState["session"],
): Promise<ReadonlyMap<string, string>> {
  const observers = [...observersOf(fabric).keys()].filter(isRunning);
  const answers = new Map(
    await mapAtOnce(
      observers,
      machines.patience.atOnce,
      async (name): Promise<[string, ObservedSessions]> => {
        // A switch that does not answer has told nothing.
        return [name, await observeSessions(machines, name, ANSWER_TIMEOUT_MS).catch(() => ({}))];
      },
    ),
  );
  const stateAt = ({ node, port }: SessionEnd) => answers.get(node)?.[port]?.state;
  return new Map(
    fabric.sessions.flatMap(({ a, b }): [string, string][] => {
      const subject = `${a.node} ${a.port} – ${b.node} ${b.port}`;
      const state = stateAt(a) ?? stateAt(b) ?? before.get(subject);
      return state === undefined ? [] : [[subject, state]];
    }),
  );
}

/** Returns the client of each leased address, by leaf and address. */
async function observeLeases(
  machines: Machines,
  fabric: Fabric,
  before: FabricState["lease"],
): Promise<ReadonlyMap<string, string>> {
  const leaves = servingLeaves(fabric);
  const answers = await queryLeases(machines, leaves);
  return new Map(
    leaves.flatMap(({ name }, index): (readonly [string, string])[] => {
      const answer = answers[index];
      return answer?.known === true
        ? answer.leases.map(({ address, mac, state }) => [`${name} ${address}`, `${mac}, ${state}`])
        : [...before].filter(([subject]) => subject.startsWith(`${name} `));
    }),
  );
}
