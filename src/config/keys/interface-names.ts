import { interfaceName, interfaceNamePrefix } from "../value-types/names.ts";
import type { KeySpec, Section } from "./key-spec.ts";

export const interfaceNames = {
  title: "Interface names",
  intro:
    "Names of the interfaces and bridges that ikvswitch creates on this host, or prefixes of these names. " +
    "In the names, S is the number of a spine, L of a leaf, R of a rack, U of a position in it and N of a " +
    "server's NIC. Each key must have a different value, and a name may have at most 15 characters.",
  keys: {
    INTERFACE_PREFIX: {
      type: interfaceNamePrefix,
      default: "ik",
      help: "Beginning of the names below.",
      hint: "With `--name NAME`, the default is the first four letters and digits of NAME. Two fabrics on one host need different names.",
    },
    HOST_DUMMYNET_IFNAME_PREFIX: name("hn", "This host's NIC on the link to the internet router."),
    HOST_BRIDGE_NAME_PREFIX: name("hb", "Bridge of that link."),
    HOST_VM_TAP_IFNAME_PREFIX: name("ht", "Tap of the internet router on that link."),
    INTERNET_TO_SPINE_TAP_IFNAME_PREFIX: prefix("in", "S", "Taps of the internet router towards the spines."),
    INTERNET_TO_SPINE_BRIDGE_PREFIX: prefix("ib", "S", "Bridges between the internet router and the spines."),
    SPINE_TO_INTERNET_TAP_PREFIX: prefix("it", "S", "Taps of the spines towards the internet router."),
    SPINE_VM_TAP_IFNAME_PREFIX: prefix(
      "st",
      "SP",
      "Taps of the spines towards the leaves; P is the spine's port, L + 1.",
    ),
    SPINE_BRIDGE_PREFIX: prefix(
      "sb",
      "SP",
      "Bridges between spines and leaves; P is the spine's port, L + 1.",
    ),
    LEAF_TO_SPINE_TAP_PREFIX: prefix("lt", "LS", "Taps of the leaves towards the spines."),
    LEAF_TO_SERVERS_TAP_PREFIX: prefix("ls", "L-U", "Taps of the leaves towards the servers."),
    LEAF_TO_SERVER_BRIDGE_PREFIX: prefix("eb", "L-U", "Bridges between leaves and servers."),
    HOST_TAP_NAME_PREFIX: prefix("vm", "R-U-N", "Taps for the servers: attach virtual machines to these."),
  },
} satisfies Section;

function name(kind: string, help: string): KeySpec<string> {
  return { type: interfaceName, default: `\${INTERFACE_PREFIX}${kind}`, help };
}

function prefix(kind: string, numbers: string, help: string): KeySpec<string> {
  return {
    type: interfaceNamePrefix,
    default: `\${INTERFACE_PREFIX}${kind}`,
    help,
    hint: `Names: ik${kind}${numbers}.`,
  };
}
