import type { Config } from "../config/types.ts";
import { leafName, portName, rackOf, sideOf, spineName, upTo } from "./numbering.ts";
import { type FabricSize, FIRST_POSITION } from "./size.ts";
import type { InterfaceName, Link, LinkEnd } from "./types.ts";

export interface TopologyLink {
  readonly kind: Link["kind"];
  readonly bridge: NamedBy;
  readonly ends: readonly TopologyEnd[];
}

/** An interface name and the configuration key that it comes from. */
export interface NamedBy {
  readonly name: InterfaceName;
  readonly key: string;
}

export interface TopologyEnd extends NamedBy {
  readonly kind: "nic" | "tap";
  readonly at: LinkEnd;
}

/** Returns all links in the order of the link table: host, internet–spine, spine–leaf, leaf–server, BMC network. */
export function topologyLinks(config: Config, size: FabricSize): TopologyLink[] {
  const spines = upTo(size.spines);
  const leaves = upTo(size.leaves);
  const positions = upTo(size.positions).map((place) => place + FIRST_POSITION - 1);
  return [
    hostLink(config),
    ...spines.map((spine) => internetSpineLink(config, spine)),
    ...spines.flatMap((spine) => leaves.map((leaf) => spineLeafLink(config, spine, leaf))),
    ...leaves.flatMap((leaf) => positions.map((position) => serverLink(config, size, leaf, position))),
    bmcLink(config),
  ];
}

function hostLink(config: Config): TopologyLink {
  return {
    kind: "host",
    bridge: named(config, "HOST_BRIDGE_NAME_PREFIX"),
    ends: [
      { ...named(config, "HOST_DUMMYNET_IFNAME_PREFIX"), kind: "nic", at: { kind: "host" } },
      { ...named(config, "HOST_VM_TAP_IFNAME_PREFIX"), kind: "tap", at: nodeEnd("internet", 1) },
    ],
  };
}

function internetSpineLink(config: Config, spine: number): TopologyLink {
  return {
    kind: "internet-spine",
    bridge: named(config, "INTERNET_TO_SPINE_BRIDGE_PREFIX", spine),
    ends: [
      {
        ...named(config, "INTERNET_TO_SPINE_TAP_IFNAME_PREFIX", spine),
        kind: "tap",
        at: nodeEnd("internet", 1 + spine),
      },
      {
        ...named(config, "SPINE_TO_INTERNET_TAP_PREFIX", spine),
        kind: "tap",
        at: nodeEnd(spineName(spine), 1),
      },
    ],
  };
}

/** The spine's end is named after the spine's port, the leaf's end after the leaf and its port. */
function spineLeafLink(config: Config, spine: number, leaf: number): TopologyLink {
  const spinePort = 1 + leaf;
  return {
    kind: "spine-leaf",
    bridge: named(config, "SPINE_BRIDGE_PREFIX", `${spine}${spinePort}`),
    ends: [
      {
        ...named(config, "SPINE_VM_TAP_IFNAME_PREFIX", `${spine}${spinePort}`),
        kind: "tap",
        at: nodeEnd(spineName(spine), spinePort),
      },
      {
        ...named(config, "LEAF_TO_SPINE_TAP_PREFIX", `${leaf}${spine}`),
        kind: "tap",
        at: nodeEnd(leafName(leaf), spine),
      },
    ],
  };
}

function serverLink(config: Config, size: FabricSize, leaf: number, position: number): TopologyLink {
  const rack = rackOf(leaf);
  const nic = sideOf(leaf);
  return {
    kind: "server",
    bridge: named(config, "LEAF_TO_SERVER_BRIDGE_PREFIX", `${leaf}-${position}`),
    ends: [
      {
        ...named(config, "LEAF_TO_SERVERS_TAP_PREFIX", `${leaf}-${position}`),
        kind: "tap",
        at: nodeEnd(leafName(leaf), size.spines + position - FIRST_POSITION + 1),
      },
      {
        ...named(config, "HOST_TAP_NAME_PREFIX", `${rack}-${position}-${nic}`),
        kind: "tap",
        at: { kind: "server", rack, position, nic },
      },
    ],
  };
}

/**
 * The tap is for a virtual machine of the user's, such as a PXE server that controls BMCs. Without one, the bridge has no
 * carrier; the host and the BMCs don't need any, since their addresses are the host's own.
 */
function bmcLink(config: Config): TopologyLink {
  return {
    kind: "bmc",
    bridge: named(config, "HOST_IPMI_BRIDGE_NAME"),
    ends: [{ ...named(config, "VM_TAP_NIC"), kind: "tap", at: { kind: "host" } }],
  };
}

/** The keys of Config whose values are prefixes of interface names. */
type NameKey = {
  [Key in keyof Config]: Config[Key] extends string ? Key : never;
}[keyof Config];

function named(config: Config, key: NameKey, suffix: string | number = ""): NamedBy {
  return { name: `${config[key]}${suffix}`, key };
}

function nodeEnd(node: string, port: number): LinkEnd {
  return { kind: "node", node, port: portName(port) };
}
