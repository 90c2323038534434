import type { Config } from "../config/types.ts";
import {
  addressAt,
  containsNetwork,
  formatPrefix,
  interfaceAddress,
  lastAddress,
  type Network,
  networkAround,
  overlap,
  parseAddress,
} from "./address.ts";
import type { Networks } from "./networks.ts";
import { upTo } from "./numbering.ts";
import type { Report } from "./report.ts";
import { assignReservations } from "./reservations.ts";
import type { FabricSize } from "./size.ts";
import type { DhcpScope } from "./types.ts";

const SCOPE_LENGTH = 24;
const ROUTER = 1;
const POOL_FIRST = 20;
const POOL_LAST = 250;

/**
 * One scope for each rack, in the order of the racks. Racks without a DHCPD_SUBNET_N take the next free /24s of
 * the whole network after the last one given, and begin again at its start.
 *
 * @param servers what servers may announce: an automatic scope keeps out of it
 */
export function planDhcp(
  config: Config,
  size: FabricSize,
  networks: Networks,
  servers: readonly Network[],
  report: Report,
): DhcpScope[] {
  const subnets = assignSubnets(config, size, networks, servers, report);
  const reservations = assignReservations(config.DHCP_RESERVATIONS, subnets, ROUTER, report);
  return subnets.map((subnet, index) => ({
    prefix: formatPrefix(subnet),
    bridge: "dhcp0",
    router: interfaceAddress(subnet, ROUTER),
    poolFirst: addressAt(subnet, POOL_FIRST),
    poolLast: addressAt(subnet, POOL_LAST),
    nextServer: config.DHCP_RELAY_DESTINATION,
    bootFileBios: config.DHCP_BOOT_FILE_BIOS,
    bootFileUefi: config.DHCP_BOOT_FILE_UEFI,
    ipxeScriptUrl: config.DHCP_IPXE_SCRIPT_URL || `http://${config.DHCP_RELAY_DESTINATION}/boot.ipxe`,
    reservations: reservations[index] ?? [],
  }));
}

function assignSubnets(
  config: Config,
  size: FabricSize,
  networks: Networks,
  servers: readonly Network[],
  report: Report,
): Network[] {
  const racks = upTo(size.racks);
  const missing = racks.filter((rack) => !networks.dhcp.has(rack)).length;
  const found = findFree(missing, networks, avoid(config, networks, servers));
  if (found.length < missing) {
    report(
      "NETWORK_PREFIX_LENGTH",
      `addresses run out: ${formatPrefix(networks.whole)} has ${found.length} free /24s for the DHCP of ${missing} racks; ` +
        "use a shorter prefix, such as HOST_VIRTUAL_SUBNET_START_PREFIX=10.0, HOST_VIRTUAL_SUBNET_END_PREFIX=0 " +
        "and NETWORK_PREFIX_LENGTH=16, or set DHCPD_SUBNET_N for each rack N",
    );
  }
  const free = found.values();
  return racks.flatMap((rack) => networks.dhcp.get(rack) ?? free.next().value ?? []);
}

/** What an automatic scope may not overlap. */
function avoid(config: Config, networks: Networks, servers: readonly Network[]): Network[] {
  const nextServer = parseAddress(config.DHCP_RELAY_DESTINATION);
  return [
    ...networks.taken,
    ...(nextServer === null ? [] : [networkAround(nextServer, SCOPE_LENGTH)]),
    // Where servers may announce the whole network, no part of it is theirs in particular.
    ...servers.filter((prefix) => !containsNetwork(prefix, networks.whole)),
  ];
}

function findFree(count: number, networks: Networks, avoided: readonly Network[]): Network[] {
  const size = 2 ** (32 - SCOPE_LENGTH);
  const { whole } = networks;
  const total = Math.floor((lastAddress(whole) + 1 - whole.first) / size);
  const given = [...networks.dhcp.values()].map((network) => network.first);
  const start = given.length === 0 ? 0 : Math.floor((Math.max(...given) - whole.first) / size) + 1;
  const free: Network[] = [];
  for (let step = 0; step < total && free.length < count; step++) {
    const candidate = { first: whole.first + ((start + step) % total) * size, length: SCOPE_LENGTH };
    if (!avoided.some((network) => overlap(network, candidate))) {
      free.push(candidate);
    }
  }
  return free;
}
