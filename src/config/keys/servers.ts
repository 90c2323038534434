import { ipv4Prefix } from "../value-types/addresses.ts";
import { listOf, serverAddress } from "../value-types/lists.ts";
import { oneOf } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import type { Section } from "./key-spec.ts";

export const servers = {
  title: "Servers and BGP",
  intro: "Servers speak BGP with both leaves of their rack, over a VLAN, and announce their own addresses.",
  keys: {
    LEAF_TO_VM_VLAN_NUM: {
      type: wholeNumber(1, 4094),
      default: "10",
      help: "VLAN id on every server port over which servers speak BGP.",
      hint: "The untagged port is for DHCP and PXE.",
    },
    SERVER_PREFIXES: {
      type: listOf("a list of IPv4 networks, such as 192.168.100.0/24, separated by commas", ipv4Prefix),
      default: "",
      help: "Networks that servers may announce, whole or in parts.",
      hint: "Empty: the whole network. The fabric's own networks and a default route are refused in any case.",
    },
    SERVER_ADDRESSES: {
      type: listOf(
        "a list of ADDRESS=RACK-U or NETWORK=RACK-U, separated by commas, such as 192.168.100.2=1-3",
        serverAddress,
      ),
      default: "",
      help: "Addresses and networks that only one rack position may announce: ADDRESS=RACK-U, by commas.",
      hint: "Name your PXE server here: 192.168.100.2=1-3 is the server in rack 1 at U3.",
    },
    SERVER_MAX_PREFIXES: {
      // The range of FRR's maximum-prefix.
      type: wholeNumber(1, 4_294_967_295),
      default: "100",
      unit: "routes",
      help: "A server that announces more than this loses its BGP session.",
    },
    SERVERS_REACH: {
      type: oneOf("all", "outside", "fabric"),
      default: "all",
      help: "What servers may open connections to: all that this machine reaches; outside; or the fabric alone.",
      hint: "outside: beyond this machine's router only, neither this machine nor its own networks. DNS_SERVERS has to be outside then, too.",
    },
    SERVERS_REACH_MANAGEMENT: {
      type: oneOf("no", "yes"),
      default: "no",
      help: "Whether servers and switches reach the BMC network and the VNC consoles.",
    },
    SERVER_SOURCES: {
      type: oneOf("strict", "any"),
      default: "strict",
      help: "Source addresses that servers may use: on each port those that are reached by it (strict), or any.",
      hint: "any: for servers that answer by another port than the one where their address is known.",
    },
  },
} satisfies Section;
