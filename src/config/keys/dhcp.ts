import { ipv4Address, threeOctets } from "../value-types/addresses.ts";
import { dhcpReservation, listOf } from "../value-types/lists.ts";
import { domainName } from "../value-types/names.ts";
import { bootFile, httpBootUrl, scriptUrl } from "../value-types/places.ts";
import { emptyOr } from "../value-types/value-type.ts";
import { networkAt } from "./addresses.ts";
import type { Section } from "./key-spec.ts";

/** Racks beyond the third have no default; they get the next free network of the fabric. */
const RACKS_WITH_DEFAULT = 3;
const FIRST_RACK_OFFSET = 14;

export const dhcp = {
  title: "DHCP, network boot and DNS",
  intro: "The left leaf of each rack hands out addresses on the servers' untagged ports.",
  keys: {
    DHCP_RELAY_DESTINATION: {
      type: ipv4Address,
      default: `${networkAt(4)}.2`,
      help: "The PXE server from which servers load their boot file (DHCP's next-server).",
      hint: "Usually one of the servers in the racks.",
    },
    /**
     * By rack number. Contains the racks whose key was written or has a default, including written ones beyond
     * NUM_RACKS.
     */
    DHCPD_SUBNET: {
      type: threeOctets,
      help: "First three octets of the /24 of rack {n}'s DHCP.",
      hint: "The leaf is .1 and hands out .20 to .250. Racks without this key get the next free /24.",
      family: {
        before: "DHCPD_SUBNET_",
        after: "",
        last: 64,
        count: "NUM_RACKS",
        defaultOf: (rack) =>
          rack <= RACKS_WITH_DEFAULT ? networkAt(FIRST_RACK_OFFSET + rack - 1) : undefined,
      },
    },
    DHCP_BOOT_FILE_BIOS: {
      type: bootFile,
      default: "undionly.kpxe",
      help: "Boot file of servers that boot with BIOS.",
    },
    DHCP_BOOT_FILE_UEFI: {
      type: bootFile,
      default: "ipxe.efi",
      help: "Boot file of servers that boot with UEFI (x86-64).",
    },
    DHCP_BOOT_FILE_ARM64: {
      type: bootFile,
      default: "ipxe-arm64.efi",
      help: "Boot file of servers that boot with UEFI on 64-bit Arm.",
    },
    DHCP_HTTP_BOOT_URL_UEFI: {
      type: emptyOr(httpBootUrl),
      default: "",
      help: "URL of the boot file for servers that boot with UEFI over HTTP (x86-64).",
      hint: "Empty: DHCP_BOOT_FILE_UEFI on http://DHCP_RELAY_DESTINATION/.",
    },
    DHCP_HTTP_BOOT_URL_ARM64: {
      type: emptyOr(httpBootUrl),
      default: "",
      help: "URL of the boot file for servers that boot with UEFI over HTTP on 64-bit Arm.",
      hint: "Empty: DHCP_BOOT_FILE_ARM64 on http://DHCP_RELAY_DESTINATION/.",
    },
    DHCP_IPXE_SCRIPT_URL: {
      type: emptyOr(scriptUrl),
      default: "",
      help: "URL of the script that a server already running iPXE loads.",
      hint: "Empty: http://DHCP_RELAY_DESTINATION/boot.ipxe.",
    },
    DHCP_RESERVATIONS: {
      type: listOf(
        "a list of MAC=address or MAC=address=hostname, separated by commas, such as 52:54:00:12:34:56=192.168.110.10=node1",
        dhcpReservation,
      ),
      default: "",
      help: "Fixed addresses of servers: MAC=address or MAC=address=hostname, separated by commas.",
    },
    DNS_SERVERS: {
      type: listOf("a list of IPv4 addresses, separated by commas", ipv4Address),
      default: "",
      help: "Addresses of the DNS servers that switches and servers use, separated by commas.",
      hint: "Empty: the DNS servers of this host.",
    },
    DOMAIN: {
      type: domainName,
      default: "ikvswitch.internal",
      help: "DNS domain of switches and servers.",
    },
  },
} satisfies Section;
