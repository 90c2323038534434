import { interfaceName, interfaceNamePrefix } from "../value-types/names.ts";
import type { KeySpec, Section } from "./key-spec.ts";

export const interfaceNames = {
  title: "Interface names",
  intro:
    "Names of the interfaces and bridges that ikvswitch creates on this host, or prefixes of these names. " +
    "In the names, S is the number of a spine, L of a leaf, R of a rack, U of a position in it and N of a " +
    "server's NIC. Each key must have a different value, and a name may have at most 15 characters.",
  keys: {
    HOST_DUMMYNET_IFNAME_PREFIX: name("ikhn", "This host's NIC on the link to the internet router."),
    HOST_BRIDGE_NAME_PREFIX: name("ikhb", "Bridge of that link."),
    HOST_VM_TAP_IFNAME_PREFIX: name("ikht", "Tap of the internet router on that link."),
    INTERNET_TO_SPINE_TAP_IFNAME_PREFIX: prefix(
      "ikin",
      "S",
      "Taps of the internet router towards the spines.",
    ),
    INTERNET_TO_SPINE_BRIDGE_PREFIX: prefix(
      "ikib",
      "S",
      "Bridges between the internet router and the spines.",
    ),
    SPINE_TO_INTERNET_TAP_PREFIX: prefix("ikit", "S", "Taps of the spines towards the internet router."),
    SPINE_VM_TAP_IFNAME_PREFIX: prefix(
      "ikst",
      "SP",
      "Taps of the spines towards the leaves; P is the spine's port, L + 1.",
    ),
    SPINE_BRIDGE_PREFIX: prefix(
      "iksb",
      "SP",
      "Bridges between spines and leaves; P is the spine's port, L + 1.",
    ),
    LEAF_TO_SPINE_TAP_PREFIX: prefix("iklt", "LS", "Taps of the leaves towards the spines."),
    LEAF_TO_SERVERS_TAP_PREFIX: prefix("ikls", "L-U", "Taps of the leaves towards the servers."),
    LEAF_TO_SERVER_BRIDGE_PREFIX: prefix("ikeb", "L-U", "Bridges between leaves and servers."),
    HOST_TAP_NAME_PREFIX: prefix("ikvm", "R-U-N", "Taps for the servers: attach virtual machines to these."),
  },
} satisfies Section;

function name(text: string, help: string): KeySpec<string> {
  return { type: interfaceName, default: text, help };
}

function prefix(text: string, numbers: string, help: string): KeySpec<string> {
  return { type: interfaceNamePrefix, default: text, help, hint: `Names: ${text}${numbers}.` };
}
