import type { DhcpReservation, DhcpScope, InterfaceName, ScopeNetwork6 } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Prefix } from "../net/prefix.ts";
import type { SharedSettings } from "./types.ts";

/** The context of Kea's template. */
export interface DhcpContext {
  readonly interface: InterfaceName;
  readonly prefix: Prefix;
  /** `192.168.110.20 - 192.168.110.250` */
  readonly pool: string;
  readonly nextServer: Address;
  /** Path of the library for Kea's commands on leases. */
  readonly leaseCommands: string;
  readonly options: readonly { readonly name: string; readonly data: string }[];
  readonly bootClasses: readonly BootClass[];
  readonly reservations: readonly DhcpReservation[];
}

/** Clients that boot the same file. Kea's test assigns them; no client is in two classes. */
export interface BootClass {
  readonly name: string;
  readonly test: string;
  readonly bootFile: string;
  /** True if the client takes only answers that name the vendor class `HTTPClient` (UEFI 2.10, section 24.7.3.3). */
  readonly byHttp: boolean;
}

export const KEA_CONF = "/etc/kea/kea-dhcp4.conf";
export const KEA6_CONF = "/etc/kea/kea-dhcp6.conf";

/** The context of the template for DHCPv6. */
export type Dhcp6Context = Pick<DhcpContext, "interface" | "prefix" | "pool" | "leaseCommands" | "options">;

export function dhcpContext(scope: DhcpScope, domain: string, site: SharedSettings): DhcpContext {
  // The option holds IPv4 addresses only (RFC 2132 section 3.8).
  const resolvers = site.dnsServers.filter(({ family }) => family === 4);
  return {
    interface: scope.bridge,
    prefix: scope.prefix,
    pool: `${scope.poolFirst} - ${scope.poolLast}`,
    nextServer: scope.nextServer,
    leaseCommands: leaseCommands(site),
    options: [
      { name: "routers", data: String(scope.router.address) },
      ...(resolvers.length === 0 ? [] : [{ name: "domain-name-servers", data: resolvers.join(", ") }]),
      ...(domain === "" ? [] : [{ name: "domain-name", data: domain }]),
    ],
    bootClasses: bootClasses(scope),
    reservations: scope.reservations,
  };
}

/** Router advertisements name the router. */
export function dhcp6Context(
  { bridge }: Pick<DhcpScope, "bridge">,
  { prefix, poolFirst, poolLast }: ScopeNetwork6,
  domain: string,
  site: SharedSettings,
): Dhcp6Context {
  const resolvers = site.dnsServers.filter(({ family }) => family === 6);
  return {
    interface: bridge,
    prefix,
    pool: `${poolFirst} - ${poolLast}`,
    leaseCommands: leaseCommands(site),
    options: [
      ...(resolvers.length === 0 ? [] : [{ name: "dns-servers", data: resolvers.join(", ") }]),
      ...(domain === "" ? [] : [{ name: "domain-search", data: domain }]),
    ],
  };
}

function leaseCommands({ keaHooks }: SharedSettings): string {
  return `${keaHooks}/libdhcp_lease_cmds.so`;
}

/**
 * Returns the classes by what a client names itself: iPXE in the user class (option 77), firmware by its architecture
 * in option 93. Architectures by IANA's list (RFC 5970, section 3.3): 0 is BIOS; UEFI on x86-64 reports 7 or 9, on Arm
 * 11, and when it boots over HTTP 16 and 19.
 */
function bootClasses(scope: DhcpScope): BootClass[] {
  const firmware = (name: string, architectures: readonly string[], bootFile: string, byHttp = false) => ({
    name,
    test: `not member('iPXE') and (${architectures.map((code) => `option[93].hex == ${code}`).join(" or ")})`,
    bootFile,
    byHttp,
  });
  return [
    // iPXE sends the user class as plain text; clients that follow RFC 3004 put its length first.
    {
      name: "iPXE",
      test: "option[77].hex == 'iPXE' or substring(option[77].hex,1,4) == 'iPXE'",
      bootFile: scope.ipxeScriptUrl,
      byHttp: false,
    },
    firmware("BIOS", ["0x0000"], scope.bootFileBios),
    firmware("UEFI-x64", ["0x0007", "0x0009"], scope.bootFileUefi),
    firmware("UEFI-arm64", ["0x000b"], scope.bootFileArm64),
    firmware("HTTP-x64", ["0x0010"], scope.httpBootUrlUefi, true),
    firmware("HTTP-arm64", ["0x0013"], scope.httpBootUrlArm64, true),
  ];
}
