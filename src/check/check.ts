import type { Fabric } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import { hasOwnPort } from "../fabric/uplink.ts";
import { observeFaults } from "../faults/active-faults.ts";
import { faultLines } from "../faults/format.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import type { HostNetworkSettings } from "../host/start.ts";
import { uplinkGateway } from "../host/uplink.ts";
import { type NetworkHost, sendingHost } from "../hosts/network-host.ts";
import type { Address } from "../net/address.ts";
import { leasedGateway } from "../nodes/leased-gateway.ts";
import type { Machines } from "../nodes/machines.ts";
import { readProbeProgram } from "../nodes/probes.ts";
import type { Host } from "../system/host.ts";
import type { Assertion } from "./assertions/types.ts";
import { brokenParts } from "./evaluate/broken.ts";
import { evaluate } from "./evaluate/evaluate.ts";
import { findExplained } from "./evaluate/explain.ts";
import { type CheckPlan, checkPlan } from "./expect/plan.ts";
import { hostQuery, nodeQueries, selectAssertions } from "./expect/queries.ts";
import type { HostSeen } from "./model/host-seen.ts";
import type { CheckItem } from "./model/item.ts";
import type { Observation } from "./model/observation.ts";
import { type CheckReport, summarize, type TimedItem } from "./model/report.ts";
import type { Selection } from "./model/selection.ts";
import type { CheckedServer } from "./model/server.ts";
import { queryHosts } from "./query/query-hosts.ts";
import { queryNodes } from "./query/query-nodes.ts";

export interface CheckRequest {
  readonly fabric: Fabric;
  /** Those of its network. */
  readonly hosts: readonly NetworkHost[];
  readonly machines: Machines;
  readonly settings: HostNetworkSettings;
  /** The devices on the host that are the switches' ends of the links. */
  readonly switchPorts: SwitchPorts;
  readonly selection: Selection;
  readonly assertions: readonly Assertion[];
  /** Running VMs that announce an address. */
  readonly servers: readonly CheckedServer[];
}

/**
 * Compare the running fabric with the plan: query every switch and each host of its network once, and change nothing.
 * @throws PreflightError if this host cannot be queried.
 */
export async function check(host: Host, request: CheckRequest): Promise<CheckReport> {
  const startedMs = performance.now();
  const { hosts, machines, selection, settings, switchPorts } = request;
  const fabric = machines.vlans ? request.fabric : untaggedFabric(request.fabric);
  const assertions = selectAssertions(fabric, selection, request.assertions);
  const gateway = selection.kinds.has("snat") ? await wayOutGateway(request) : null;
  const plan = checkPlan(fabric, gateway, request.servers);
  const probeProgram = await readProbeProgram(host);
  const [off, hostsSeen, nodes] = await Promise.all([
    findSwitchesOff(request),
    queryHosts(hosts, {
      query: hostQuery(plan, selection, assertions),
      ...{ probeProgram, wantsDrift: wantsDrift(selection), settings, switchPorts },
    }),
    queryNodes(machines, nodeQueries(plan, selection, assertions), probeProgram),
  ]);
  const sender = senderSeen(hosts, hostsSeen);
  const evaluatePlan = (compared: CheckPlan) =>
    evaluate(compared, selection, assertions, { host: sender, hosts: hostsSeen, nodes, off, switchPorts });
  const items = evaluatePlan(plan);
  const faults = items.some(({ ok }) => ok === false)
    ? await observeFaults(hosts, fabric, machines)
    : { links: [], frozen: [] };
  const broken = brokenParts(fabric, items, {
    links: faults.links.map(({ bridge }) => bridge),
    frozen: faults.frozen,
  });
  return {
    version: 1,
    backend: machines.backend,
    asPlanned: items.length > 0 && items.every(({ ok }) => ok !== false),
    durationMs: Math.round(performance.now() - startedMs),
    summary: summarize(items),
    notes: machines.vlans ? [] : [NO_VLANS],
    faults: faultLines(faults),
    items: completed(items, findExplained(plan, items, broken, evaluatePlan), sender, nodes),
  };
}

/** Returns the router towards the outside. A DHCP server names it to the internet router. */
async function wayOutGateway({ fabric, hosts, machines }: CheckRequest): Promise<Address | null> {
  const { uplink } = fabric;
  if (!hasOwnPort(uplink)) {
    const sender = sendingHost(hosts);
    const gateway = uplinkGateway(sender.host);
    // A member that does not answer is an item of its own.
    return sender.member === null ? gateway : gateway.catch(() => null);
  }
  return uplink.gateway ?? (await leasedGateway(machines, fabric));
}

const NO_VLANS = "This kernel lacks 802.1Q: server ports are untagged, and DHCP and VLANs are not checked.";

function wantsDrift({ kinds, nodes }: Selection): boolean {
  return nodes === null && (kinds.has("host") || kinds.has("snat"));
}

/** Returns what is observed of the host that sends probes. */
function senderSeen(hosts: readonly NetworkHost[], found: readonly HostSeen[]): HostSeen {
  const { member } = sendingHost(hosts);
  const sender = found.find((one) => one.member === member);
  if (sender === undefined) {
    throw new Error("the host that sends probes was not queried");
  }
  return sender;
}

/** Returns the switches that are off. The next check finds a switch that goes off between this query and the probes. */
async function findSwitchesOff({ fabric, machines, selection }: CheckRequest): Promise<ReadonlySet<string>> {
  if (!selection.kinds.has("loopback")) {
    return new Set();
  }
  const powers = await Promise.all(
    fabric.nodes.map(async ({ name }) => ({ name, power: (await machines.power(name)).power })),
  );
  return new Set(powers.flatMap(({ name, power }) => (power === "off" ? [name] : [])));
}

function completed(
  items: readonly CheckItem[],
  explained: ReadonlySet<CheckItem>,
  host: Observation,
  nodes: ReadonlyMap<string, Observation>,
): readonly TimedItem[] {
  const counts = new Map<string | null, number>();
  for (const { node } of items) {
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return items.map((item) => {
    const result = item.node === null ? host : nodes.get(item.node);
    const durationMs = (result?.durationMs ?? 0) / (counts.get(item.node) ?? 1);
    return {
      ...item,
      durationMs: Math.round(durationMs * 100) / 100,
      explained: explained.has(item),
    };
  });
}
