import { serverPrefix } from "../value-types/addresses.ts";
import { listOf, serverAddress } from "../value-types/lists.ts";
import { oneOf } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import { absolutePath } from "../value-types/places.ts";
import type { Section } from "./key-spec.ts";

export const servers = {
  title: "Servers and BGP",
  intro:
    "Servers have BGP sessions with both leaves of their rack, in a VLAN, and announce their own addresses.",
  keys: {
    LEAF_TO_VM_VLAN_NUM: {
      type: wholeNumber(1, 4094),
      default: "10",
      help: "VLAN ID of the servers' BGP sessions, the same on every server port.",
      hint: "DHCP and PXE are untagged.",
    },
    SERVER_PREFIXES: {
      type: listOf(
        "a list of IPv4 and IPv6 networks, such as 192.168.100.0/24, separated by commas",
        serverPrefix,
      ),
      default: "",
      help: "Networks that servers may announce, including more specific prefixes.",
      hint: "No network of a family: its whole network. The fabric's own networks and a default route are always rejected.",
    },
    SERVER_ADDRESSES: {
      type: listOf(
        "a list of ADDRESS=RACK-U or NETWORK=RACK-U, separated by commas, such as 192.168.100.2=1-3",
        serverAddress,
      ),
      default: "",
      help: "Addresses and networks that only one rack position may announce: ADDRESS=RACK-U, separated by commas.",
      hint: "List your PXE server here: 192.168.100.2=1-3 is the server in rack 1 at U3.",
    },
    SERVER_MAX_PREFIXES: {
      // The range of FRR's maximum-prefix.
      type: wholeNumber(1, 4_294_967_295),
      default: "100",
      unit: "routes",
      help: "Limit on a server's announced routes, per BGP session and address family. More end the session.",
    },
    SERVER_BFD: {
      type: oneOf("no", "yes"),
      default: "no",
      help: "Leaves run BFD with servers, so that both notice within a second if the other one is silent.",
      hint: "yes: every server must run BFD as well; the profile `server` of `ikvswitch vm` does then.",
    },
    SERVERS_REACH: {
      type: oneOf("all", "outside", "fabric"),
      default: "all",
      help: "Destinations to which servers may open connections: all that this host reaches, outside, or fabric.",
      hint: "outside: only beyond this host's router, not this host and its own networks; DNS_SERVERS must then be outside, too. fabric: only the fabric.",
    },
    SERVERS_REACH_MANAGEMENT: {
      type: oneOf("no", "yes"),
      default: "no",
      help: "Allows servers and switches to reach the BMC network and the VNC consoles.",
    },
    SERVER_SOURCES: {
      type: oneOf("strict", "any"),
      default: "strict",
      help: "Source addresses that leaves accept on a server port: only those that they route to it (strict), or any.",
      hint: "any: for servers that answer by another port than that of the route to their address.",
    },
    VM_PROFILES: {
      type: absolutePath,
      default: "/etc/ikvswitch/profiles.ini",
      help: "File of your own profiles for `ikvswitch vm create`. It may be missing.",
    },
  },
} satisfies Section;
