import type { Config } from "../config/types.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import { Prefix } from "../net/prefix.ts";
import type { Networks } from "./networks.ts";
import { numberedAddress } from "./networks6.ts";
import { upTo } from "./numbering.ts";
import type { Report } from "./report.ts";
import { assignReservations } from "./reservations.ts";
import type { FabricSize } from "./size.ts";
import type { DhcpScope, ScopeNetwork6 } from "./types.ts";

const SCOPE_LENGTH = 24;
const ROUTER = 1;
const POOL_FIRST = 20;
const POOL_LAST = 250;

/**
 * Returns one scope per rack, in the order of the racks. Racks without a DHCPD_SUBNET_N take the next free /24s of the
 * whole network after the last given one, and continue from its start.
 *
 * @param servers prefixes that servers may announce; an automatic scope avoids them
 */
export function planDhcp(
  config: Config,
  size: FabricSize,
  networks: Networks,
  servers: readonly Prefix[],
  report: Report,
): DhcpScope[] {
  const subnets = assignSubnets(config, size, networks, servers, report);
  const nextServer = Address.from(config.DHCP_RELAY_DESTINATION);
  const web = `http://${nextServer}`;
  const reservations = assignReservations(config.DHCP_RESERVATIONS, subnets, ROUTER, report);
  return subnets.map((subnet, index) => ({
    prefix: subnet,
    bridge: "dhcp0",
    router: InterfaceAddress.in(subnet, ROUTER),
    poolFirst: subnet.at(POOL_FIRST),
    poolLast: subnet.at(POOL_LAST),
    nextServer,
    bootFileBios: config.DHCP_BOOT_FILE_BIOS,
    bootFileUefi: config.DHCP_BOOT_FILE_UEFI,
    bootFileArm64: config.DHCP_BOOT_FILE_ARM64,
    httpBootUrlUefi: config.DHCP_HTTP_BOOT_URL_UEFI || `${web}/${config.DHCP_BOOT_FILE_UEFI}`,
    httpBootUrlArm64: config.DHCP_HTTP_BOOT_URL_ARM64 || `${web}/${config.DHCP_BOOT_FILE_ARM64}`,
    ipxeScriptUrl: config.DHCP_IPXE_SCRIPT_URL || `${web}/boot.ipxe`,
    reservations: reservations[index] ?? [],
    ...(networks.v6 === null ? {} : { network6: scopeNetwork6(networks.v6.dhcp(index + 1)) }),
  }));
}

/** The same numbers as in IPv4: the pool is `::20` to `::250`. */
function scopeNetwork6(prefix: Prefix): ScopeNetwork6 {
  return {
    prefix,
    router: InterfaceAddress.in(prefix, ROUTER),
    poolFirst: numberedAddress(prefix, POOL_FIRST),
    poolLast: numberedAddress(prefix, POOL_LAST),
  };
}

function assignSubnets(
  config: Config,
  size: FabricSize,
  networks: Networks,
  servers: readonly Prefix[],
  report: Report,
): Prefix[] {
  const racks = upTo(size.racks);
  const missing = racks.filter((rack) => !networks.dhcp.has(rack)).length;
  const found = findFree(missing, networks, avoid(config, networks, servers));
  if (found.length < missing) {
    report(
      "NETWORK_PREFIX_LENGTH",
      `addresses run out: ${networks.whole} has ${found.length} free /24s for the DHCP of ${missing} racks; ` +
        "use a shorter prefix, such as HOST_VIRTUAL_SUBNET_START_PREFIX=10.0, HOST_VIRTUAL_SUBNET_END_PREFIX=0 " +
        "and NETWORK_PREFIX_LENGTH=16, or set DHCPD_SUBNET_N for each rack N",
    );
  }
  const free = found.values();
  return racks.flatMap((rack) => networks.dhcp.get(rack) ?? free.next().value ?? []);
}

/** Returns the networks that an automatic scope must not overlap. */
function avoid(config: Config, networks: Networks, servers: readonly Prefix[]): Prefix[] {
  return [
    ...networks.taken,
    Prefix.around(Address.from(config.DHCP_RELAY_DESTINATION), SCOPE_LENGTH),
    // If servers may announce the whole network, no part of it is reserved for them.
    ...servers.filter((prefix) => !prefix.contains(networks.whole)),
  ];
}

function findFree(count: number, networks: Networks, avoided: readonly Prefix[]): Prefix[] {
  const { whole } = networks;
  const total = whole.subnetCount(SCOPE_LENGTH);
  const start = firstCandidate(networks, total);
  const free: Prefix[] = [];
  for (let step = 0; step < total && free.length < count; step++) {
    const candidate = whole.subnet(SCOPE_LENGTH, (start + step) % total);
    if (!avoided.some((network) => network.overlaps(candidate))) {
      free.push(candidate);
    }
  }
  return free;
}

/**
 * The place after the last given network. It may lie outside the whole network if that network's rack does not exist.
 */
function firstCandidate({ whole, dhcp }: Networks, total: number): number {
  const last = [...dhcp.values()].toSorted((a, b) => a.compare(b)).at(-1);
  const place = last === undefined ? 0 : whole.placeOf(last) + 1;
  return ((place % total) + total) % total;
}
