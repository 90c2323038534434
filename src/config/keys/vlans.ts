import { lastOctet, threeOctets } from "../value-types/addresses.ts";
import { listOf } from "../value-types/lists.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import type { Section } from "./key-spec.ts";

const MAX_VLANS = 128;
/** The VLANs' networks follow those of DHCP. */
const FIRST_VLAN_OFFSET = 17;

export const vlans = {
  title: "Layer 2 VLANs",
  intro:
    "VLANs that join the server ports of rack 1's right leaf, for example for OpenStack's network nodes. " +
    "There is no link aggregation across leaves: a server uses one NIC for these.",
  keys: {
    VLAN_SUBNETS_NUM: {
      type: wholeNumber(0, MAX_VLANS),
      default: "5",
      help: "Number of these VLANs.",
    },
    VLAN_SBUNETS_START_IP: {
      type: wholeNumber(0, 255),
      default: `$(( \${HOST_VIRTUAL_SUBNET_END_PREFIX} + ${FIRST_VLAN_OFFSET} ))`,
      help: "Third octet of the first VLAN's network; the others follow.",
      hint: "The key is spelt SBUNET because existing files have it so.",
    },
    /** By number from 1. Contains all up to VLAN_SUBNETS_NUM, and written ones beyond. */
    VLAN_SBUNET_PREFIX: {
      type: threeOctets,
      help: "First three octets of VLAN {n}'s /24, in which the leaf is .1.",
      family: {
        before: "VLAN_SBUNET",
        after: "_PREFIX",
        last: MAX_VLANS,
        count: "VLAN_SUBNETS_NUM",
        defaultOf: networkOf,
      },
    },
    VLAN_START: {
      type: wholeNumber(1, 4094),
      default: "11",
      help: "VLAN ID of the first VLAN; the others follow.",
    },
    VLAN_BGP_SERVERS: {
      type: listOf("a list of numbers from 2 to 254, such as 200,201, separated by commas", lastOctet),
      default: "200,201",
      help: "Servers in the first VLAN with which the leaf has BGP sessions: the last octets of their addresses.",
      hint: "They connect to the leaf. Empty: none.",
    },
  },
} satisfies Section;

function networkOf(number: number): string {
  const third =
    number === 1 ? `\${VLAN_SBUNETS_START_IP}` : `$(( \${VLAN_SBUNETS_START_IP} + ${number - 1} ))`;
  return `\${HOST_VIRTUAL_SUBNET_START_PREFIX}.${third}`;
}
