import { ipv4Address, ipv6Network, threeOctets, twoOctets } from "../value-types/addresses.ts";
import { oneOf } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import { autoOr, emptyOr } from "../value-types/value-type.ts";
import type { Section } from "./key-spec.ts";

export const addresses = {
  title: "Addresses",
  intro:
    "All addresses of the fabric and of the servers are in one network, the whole network. If it overlaps a " +
    "network of yours, change HOST_VIRTUAL_SUBNET_START_PREFIX and HOST_VIRTUAL_SUBNET_END_PREFIX: the " +
    "defaults of all other addresses in it follow.",
  keys: {
    MY_IP: {
      type: autoOr(ipv4Address),
      default: "auto",
      help: "Source address (SNAT) of the fabric's traffic to the outside, an address of this host.",
      hint: "auto: the address of the interface with the default route.",
    },
    HOST_VIRTUAL_SUBNET_START_PREFIX: {
      type: twoOctets,
      default: "192.168",
      help: "First two octets of the whole network.",
    },
    HOST_VIRTUAL_SUBNET_END_PREFIX: {
      type: wholeNumber(0, 255),
      default: "96",
      help: "Third octet of the whole network.",
      hint: "The network begins here: with a length of 19, this must be a multiple of 32.",
    },
    HOST_VIRTUAL_SUBNET_PREFIX: {
      type: threeOctets,
      default: `\${HOST_VIRTUAL_SUBNET_START_PREFIX}.\${HOST_VIRTUAL_SUBNET_END_PREFIX}`,
      help: "First three octets of the whole network: the two keys above, joined.",
    },
    NETWORK_PREFIX_LENGTH: {
      type: wholeNumber(8, 22),
      default: "19",
      unit: "bits",
      help: "Length of the whole network's prefix.",
      hint: "Each rack and each L2 VLAN uses a /24 of it, and the switches use three.",
    },
    HOST_VIRTUAL_SUBNET_NET1: {
      type: threeOctets,
      default: networkAt(0),
      help: "The /24 between this host (.1) and the internet router (.2).",
    },
    HOST_VIRTUAL_SUBNET_NET2: {
      type: threeOctets,
      default: networkAt(1),
      help: "A /24 that is kept free.",
    },
    HOST_VIRTUAL_SUBNET_NET3: {
      type: threeOctets,
      default: networkAt(2),
      help: "The /24 of the switches' loopbacks, by which SSH reaches them.",
    },
    HOST_VIRTUAL_SUBNET6: {
      type: emptyOr(ipv6Network),
      default: "",
      // fd and "ikvsw" in ASCII.
      shipped: "fd69:6b76:7377::/48",
      help: "The whole network of IPv6, of which every network of the fabric is a /64. Empty: the fabric has IPv4 only.",
      hint: "A /48 is enough for every fabric, a /56 for up to 9 racks and VLAN IDs up to 99.",
    },
    NAT66: {
      type: oneOf("no", "yes"),
      default: "no",
      help: "This host translates the source of the fabric's IPv6 traffic to the outside, as it does that of IPv4.",
      hint: "no: the router beyond this host needs a route to HOST_VIRTUAL_SUBNET6.",
    },
  },
} satisfies Section;

/** Returns the first three octets of the `offset`th /24 of the whole network. */
export function networkAt(offset: number): string {
  const third =
    offset === 0
      ? `\${HOST_VIRTUAL_SUBNET_END_PREFIX}`
      : `$(( \${HOST_VIRTUAL_SUBNET_END_PREFIX} + ${offset} ))`;
  return `\${HOST_VIRTUAL_SUBNET_START_PREFIX}.${third}`;
}
