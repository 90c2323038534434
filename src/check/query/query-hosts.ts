import { hasHostLink } from "../../fabric/member-part.ts";
import type { SwitchPorts } from "../../host/model/switch-ports.ts";
import type { HostNetworkSettings } from "../../host/start.ts";
import { hostNetworkStatus } from "../../host/status.ts";
import { adoptPortsOn } from "../../hosts/adopt-ports.ts";
import type { NetworkHost } from "../../hosts/network-host.ts";
import type { HostSeen } from "../model/host-seen.ts";
import { nothingSeen, type Observation } from "../model/observation.ts";
import type { Query } from "../model/query.ts";
import { queryHost } from "./query-nodes.ts";

export interface HostsRequest {
  /** For the host that sends probes. The others are only asked for their devices, if anything of `ip` is asked. */
  readonly query: Omit<Query, "timeoutSeconds">;
  readonly probeProgram: string;
  /** Also compare the hosts' networks with the plan. */
  readonly wantsDrift: boolean;
  readonly settings: HostNetworkSettings;
  readonly switchPorts: SwitchPorts;
}

/**
 * Queries the hosts of the fabric's network. A member of a cluster that does not answer causes no error.
 * @throws PreflightError if this host can't be queried, or a member does not let us in.
 */
export function queryHosts(
  hosts: readonly NetworkHost[],
  request: HostsRequest,
): Promise<readonly HostSeen[]> {
  return Promise.all(
    hosts.map(async (one) => ({
      member: one.member,
      links: new Map(one.fabric.links.map((link) => [link.bridge.name, link])),
      ...(await querySurely(one, request)),
    })),
  );
}

type Answer = Observation & Pick<HostSeen, "drift">;

async function querySurely(one: NetworkHost, request: HostsRequest): Promise<Answer> {
  const unreachable = await one.silence();
  if (unreachable === undefined) {
    return queryOne(one, request);
  }
  const observation = nothingSeen(`${one.member} does not answer: ${unreachable}`);
  return { observation, unreachable, durationMs: 0, drift: [] };
}

async function queryOne(
  { member, host, fabric, nodes }: NetworkHost,
  { query, probeProgram, wantsDrift, settings, switchPorts }: HostsRequest,
): Promise<Answer> {
  const own = hasHostLink(fabric) ? query : withoutProbes(query);
  const ports: SwitchPorts =
    switchPorts.kind === "tap"
      ? switchPorts
      : { ...switchPorts, running: switchPorts.running.filter((name) => nodes.includes(name)) };
  if (member !== null && wantsDrift) {
    // Ports that the cluster has made since would be foreign devices.
    await adoptPortsOn(host, { fabric, nodes });
  }
  const [answer, drift] = await Promise.all([
    queryHost(host, own, probeProgram),
    wantsDrift ? hostNetworkStatus(host, fabric, settings, ports).then((status) => status.drift) : [],
  ]);
  return { ...answer, drift };
}

function withoutProbes(query: HostsRequest["query"]): HostsRequest["query"] {
  return { ...query, sources: new Set(query.sources.has("ip") ? (["ip"] as const) : []), probes: [] };
}
