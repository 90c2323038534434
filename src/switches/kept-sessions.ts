import type { Fabric } from "../fabric/types.ts";
import { askForSummary, observersOf } from "./bgp.ts";
import type { Machines } from "./machines.ts";

const TIMEOUT_MS = 20_000;

/**
 * How many of the fabric's BGP sessions are older than this, in ms of the switches' own time: those that switches had when
 * they were saved, and not ones that came up since they went on.
 */
export async function countOlderSessions(machines: Machines, fabric: Fabric, ageMs: number): Promise<number> {
  const counts = await Promise.all(
    [...observersOf(fabric)].map(async ([node, ports]) => {
      const uptimes = parseUptimes(await askForSummary(machines, node, TIMEOUT_MS));
      return ports.filter((port) => (uptimes.get(port) ?? Number.NEGATIVE_INFINITY) >= ageMs - RESOLUTION_MS)
        .length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** FRR counts whole seconds. A session that is lost takes longer than that to be noticed and to come back. */
const RESOLUTION_MS = 1_000;

/** `show bgp summary json`: how long each established session has been up, in ms, by the port it runs on. */
export function parseUptimes(json: string): ReadonlyMap<string, number> {
  const families = Object.values(JSON.parse(json) as Record<string, { readonly peers?: Peers }>);
  return new Map(
    families.flatMap((family) =>
      Object.entries(family.peers ?? {}).flatMap(([port, { state, peerUptimeMsec }]): [string, number][] =>
        state === "Established" && peerUptimeMsec !== undefined ? [[port, peerUptimeMsec]] : [],
      ),
    ),
  );
}

type Peers = Readonly<Record<string, { readonly state: string; readonly peerUptimeMsec?: number }>>;
