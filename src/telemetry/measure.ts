import type { FrrObservation } from "../check/model/observation.ts";
import type { Query } from "../check/model/query.ts";
import { queryNodes } from "../check/query/query-nodes.ts";
import { servingLeaves } from "../fabric/reservations.ts";
import type { Fabric } from "../fabric/types.ts";
import { type ActiveFaults, observeFaults } from "../faults/active-faults.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { LeafLeases } from "../leases/lease.ts";
import { queryLeases } from "../leases/query.ts";
import { plannedSessions } from "../nodes/bgp.ts";
import type { Machines, PowerState } from "../nodes/machines.ts";
import { runnableFabric } from "../nodes/runs-plan.ts";
import { type Counters, sampleCounters } from "../traffic/counters.ts";

/** What is measured of a fabric at one time. */
export interface Measurements {
  /** The plan as the switches run it. */
  readonly fabric: Fabric;
  readonly backend: string;
  /** Epoch seconds. */
  readonly time: number;
  readonly power: ReadonlyMap<string, PowerState>;
  /** What FRR of each switch says; without those that are off, frozen or silent. */
  readonly frr: ReadonlyMap<string, FrrObservation>;
  /** By interface of the host. */
  readonly counters: ReadonlyMap<string, Counters>;
  /** By leaf. */
  readonly leases: ReadonlyMap<string, LeafLeases>;
  readonly faults: ActiveFaults;
}

/** Measures a fabric. Switches that are off, frozen or do not answer cause no error. */
export async function measureFabric(
  hosts: readonly NetworkHost[],
  planned: Fabric,
  machines: Machines,
): Promise<Measurements> {
  const fabric = runnableFabric({ machines, fabric: planned });
  const leaves = servingLeaves(fabric);
  const [power, observations, { counters }, leases, faults] = await Promise.all([
    Promise.all(fabric.nodes.map(async ({ name }) => [name, await machines.power(name)] as const)),
    queryNodes(machines, frrQueries(fabric)),
    sampleCounters(hosts),
    queryLeases(machines, leaves),
    observeFaults(hosts, fabric, machines),
  ]);
  return {
    fabric,
    backend: machines.backend,
    time: Date.now() / 1000,
    power: new Map(power),
    frr: new Map(
      [...observations].flatMap(([name, { observation }]) =>
        observation.frr.seen ? [[name, observation.frr.value] as const] : [],
      ),
    ),
    counters,
    leases: new Map(leaves.map(({ name }, index) => [name, leases[index] ?? UNKNOWN] as const)),
    faults,
  };
}

const UNKNOWN: LeafLeases = { known: false, why: "not queried" };

function frrQueries(fabric: Fabric): ReadonlyMap<string, Omit<Query, "timeoutSeconds">> {
  return new Map(
    fabric.nodes.map(({ name }) => [
      name,
      {
        sources: new Set(["frr"] as const),
        ports: plannedSessions(fabric, name),
        hasServers: false,
        ipv6: false,
        probes: [],
      },
    ]),
  );
}
