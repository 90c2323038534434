import type { Config } from "../config/types.ts";
import { Address } from "../net/address.ts";
import { checkCutNames, membersOf, numberCuts, placeNodes, planCluster } from "./cluster.ts";
import { planDhcp } from "./dhcp.ts";
import { bmcAddress, countInterfaces, hostAddress, hostNames, planLinks } from "./links.ts";
import { bmcOf, checkBmcs, machineOf } from "./machines.ts";
import { planMacs } from "./macs.ts";
import { fabricMark } from "./mark.ts";
import { checkNames } from "./names.ts";
import { type Networks, planNetworks } from "./networks.ts";
import { type Networks6, numberedAddress } from "./networks6.ts";
import { leafName, upTo } from "./numbering.ts";
import { checkPlugPorts } from "./plug-sockets.ts";
import { planPorts } from "./ports.ts";
import { startProblemList } from "./report.ts";
import { planServerAccess, readServerPrefixes } from "./server-access.ts";
import { planSessions } from "./sessions.ts";
import { checkSize, type FabricSize, FIRST_POSITION, fabricSize } from "./size.ts";
import { planTopology, type TopologyNode } from "./topology.ts";
import type { DhcpScope, Fabric, FabricNetworks6, HostPlan, L2Vlan, Node, Port, Rack } from "./types.ts";
import { checkUplink, planUplink, planUplinkPort } from "./uplink.ts";
import { planL2Vlans } from "./vlans.ts";

/**
 * Computes the whole fabric. Pure: the same configuration gives the same fabric, byte for byte.
 *
 * Problems that are visible from the keys alone were found when the configuration was read. This function reports those
 * that only the plan shows: too few addresses, names or MACs, or duplicates.
 *
 * @throws ConfigError with every problem found; without file and line, which the planner doesn't know
 */
export function planFabric(config: Config): Fabric {
  const { report, throwIfAny } = startProblemList();
  const size = fabricSize(config);
  checkSize(size, report);
  throwIfAny();

  const networks = planNetworks(config, size, report);
  const servers = readServerPrefixes(config);
  const scopes = planDhcp(config, size, networks, servers, report);
  const vlans = planL2Vlans(config, networks);
  const topology = planTopology(config, size);
  const macs = planMacs(config, size, countInterfaces(topology.links) + topology.links.length, report);
  checkBmcs(config, networks, topology.nodes, report);
  checkNames(topology.links, report);
  checkPlugPorts(config, size, report);
  const cluster = planCluster(config);
  if (cluster !== null) {
    checkCutNames(hostNames(topology.links), report);
  }
  const access = { networks, servers, scopes, vlans, size, nodes: topology.nodes };
  const serverAccess = planServerAccess(config, access, report);
  throwIfAny();

  const ports = planPorts(config, size, networks, macs, topology.nodes, topology.links);
  const uplink = planUplink(config);
  const names = new Set(hostNames(topology.links).map(({ name }) => name));
  const taken = [...ports.values()].flatMap((list) => list.map(({ mac }) => mac));
  checkUplink(config, uplink, { names, macs: taken }, report);
  throwIfAny();
  const outside = planUplinkPort(config, uplink, 2 + size.spines, macs);
  const members = cluster === null ? null : placeNodes(topology.nodes, cluster, config.PLACE);
  const links = planLinks(config, networks, macs, topology.links);
  const nodes = topology.nodes.map((node) =>
    planNode(config, networks, node, {
      member: members?.get(node.name),
      ports: [...(ports.get(node.name) ?? []), ...(node.role === "internet" ? outside : [])],
      scopes,
      vlans,
    }),
  );
  return {
    version: 2,
    prefix: networks.whole,
    hostPrefix: networks.host,
    loopbackPrefix: networks.loopbacks,
    ...(networks.v6 === null ? {} : { networks6: fabricNetworks6(networks.v6) }),
    mtu: config.FABRIC_MTU,
    bfdIntervalMs: config.BFD_INTERVAL_MS,
    domain: config.DOMAIN,
    host: planHost(config, networks),
    ...(cluster === null ? {} : { cluster }),
    racks: planRacks(size),
    nodes,
    links: cluster === null ? links : numberCuts(links, cluster, membersOf(nodes)),
    sessions: planSessions(topology.links),
    serverAccess,
    uplink,
  };
}

function fabricNetworks6({ whole, host, loopbacks, servers }: Networks6): FabricNetworks6 {
  return { prefix: whole, hostPrefix: host, loopbackPrefix: loopbacks, serverPrefix: servers };
}

function planHost(config: Config, networks: Networks): HostPlan {
  const { v6 } = networks;
  return {
    snatAddress: config.MY_IP === "auto" ? "auto" : Address.from(config.MY_IP),
    address: hostAddress(networks),
    gateway: networks.host.at(2),
    ...(v6 === null
      ? {}
      : { uplink6: { address: hostAddress(v6), gateway: v6.host.at(2), nat: config.NAT66 === "yes" } }),
    bridge: config.HOST_BRIDGE_NAME_PREFIX,
    bmcBridge: config.HOST_IPMI_BRIDGE_NAME,
    bmcAddress: bmcAddress(config, networks),
    bmcPrefix: networks.bmc,
    user: config.EMULATOR_USER,
    mark: fabricMark(config),
    reach: {
      servers: config.SERVERS_REACH,
      management: config.SERVERS_REACH_MANAGEMENT === "yes",
    },
  };
}

function planRacks(size: FabricSize): Rack[] {
  const positions = upTo(size.positions).map((place) => place + FIRST_POSITION - 1);
  return upTo(size.racks).map((number) => ({
    number,
    leaves: [leafName(2 * number - 1), leafName(2 * number)],
    positions,
  }));
}

/** What else of the plan a node gets its part of. */
interface NodeParts {
  readonly member: string | undefined;
  readonly ports: readonly Port[];
  readonly scopes: readonly DhcpScope[];
  readonly vlans: readonly L2Vlan[];
}

function planNode(
  config: Config,
  networks: Networks,
  node: TopologyNode,
  { member, ports, scopes, vlans }: NodeParts,
): Node {
  const { name, index } = node;
  const common = {
    index,
    ...(member === undefined ? {} : { member }),
    asn: config.AS_START + index,
    loopback: networks.loopbacks.at(1 + index),
    ...(networks.v6 === null ? {} : { loopback6: numberedAddress(networks.v6.loopbacks, 1 + index) }),
    machine: machineOf(config, node),
    bmc: bmcOf(config, networks, node),
  };
  switch (node.role) {
    case "internet":
      return { name, role: node.role, ...common, ports };
    case "spine":
      return { name, role: node.role, spineNumber: node.spine, ...common, ports };
    case "leaf": {
      const { role, leaf: leafNumber, rack, side } = node;
      // Only the left leaf serves DHCP, so that a server never receives two answers.
      const dhcp = side === 1 ? (scopes[rack - 1] ?? null) : null;
      const l2Vlans = rack === 1 && side === 2 ? vlans : [];
      return { name, role, leafNumber, rack, side, ...common, dhcp, l2Vlans, ports };
    }
  }
}
