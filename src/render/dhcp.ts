import type { DhcpReservation, DhcpScope, InterfaceName } from "../fabric/types.ts";
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
  readonly options: readonly { readonly name: string; readonly data: string }[];
  readonly bootClasses: readonly BootClass[];
  readonly reservations: readonly DhcpReservation[];
}

/** Clients that boot the same file. Kea's test assigns them; no client is in two classes. */
export interface BootClass {
  readonly name: string;
  readonly test: string;
  readonly bootFile: string;
}

export function dhcpContext(scope: DhcpScope, domain: string, site: SharedSettings): DhcpContext {
  // The option holds IPv4 addresses only (RFC 2132 section 3.8).
  const resolvers = site.dnsServers.filter(({ family }) => family === 4);
  return {
    interface: scope.bridge,
    prefix: scope.prefix,
    pool: `${scope.poolFirst} - ${scope.poolLast}`,
    nextServer: scope.nextServer,
    options: [
      { name: "routers", data: String(scope.router.address) },
      ...(resolvers.length === 0 ? [] : [{ name: "domain-name-servers", data: resolvers.join(", ") }]),
      ...(domain === "" ? [] : [{ name: "domain-name", data: domain }]),
    ],
    bootClasses: bootClasses(scope),
    reservations: scope.reservations,
  };
}

/** Architectures (RFC 4578 section 2.1): 0 is BIOS; UEFI on x64 reports 7 or 9. */
function bootClasses(scope: DhcpScope): BootClass[] {
  return [
    // iPXE sends the user class as plain text; clients that follow RFC 3004 put its length first.
    {
      name: "iPXE",
      test: "option[77].hex == 'iPXE' or substring(option[77].hex,1,4) == 'iPXE'",
      bootFile: scope.ipxeScriptUrl,
    },
    { name: "BIOS", test: "not member('iPXE') and option[93].hex == 0x0000", bootFile: scope.bootFileBios },
    {
      name: "UEFI-x64",
      test: "not member('iPXE') and (option[93].hex == 0x0007 or option[93].hex == 0x0009)",
      bootFile: scope.bootFileUefi,
    },
  ];
}
