import type { Config } from "../config/types.ts";
import { type FabricSize, FIRST_POSITION } from "./size.ts";
import type { InterfaceName, Wire, WireEnd } from "./types.ts";

/**
 * Which node is where and what is plugged into what: names only, before any number or address is given.
 * Wires and ports are both made from these same wire sketches, so that they can't contradict each other.
 */
export interface Sketch {
  readonly nodes: readonly NodeSketch[];
  readonly wires: readonly WireSketch[];
}

export type NodeSketch = {
  readonly name: string;
  /** Place in the order of the nodes, from 0. */
  readonly index: number;
} & (
  | { readonly role: "internet" }
  | { readonly role: "spine"; readonly spine: number }
  | { readonly role: "leaf"; readonly leaf: number; readonly rack: number; readonly side: 1 | 2 }
);

export interface WireSketch {
  readonly kind: Wire["kind"];
  readonly bridge: NamedBy;
  readonly ends: readonly EndSketch[];
}

/** An interface name and the configuration key that it comes from. */
export interface NamedBy {
  readonly name: InterfaceName;
  readonly key: string;
}

export interface EndSketch extends NamedBy {
  readonly kind: "nic" | "tap";
  readonly at: WireEnd;
}

/** Nodes: internet, spines, leaves. Wires: host, internet–spine, spine–leaf, leaf–server, BMC network. */
export function sketchFabric(config: Config, size: FabricSize): Sketch {
  const spines = upTo(size.spines);
  const leaves = upTo(size.leaves);
  const places = upTo(size.positions).map((place) => place + FIRST_POSITION - 1);
  return {
    nodes: sketchNodes(size),
    wires: [
      hostWire(config),
      ...spines.map((spine) => internetSpineWire(config, spine)),
      ...spines.flatMap((spine) => leaves.map((leaf) => spineLeafWire(config, spine, leaf))),
      ...leaves.flatMap((leaf) => places.map((position) => serverWire(config, size, leaf, position))),
      bmcWire(config),
    ],
  };
}

export function rackOf(leaf: number): number {
  return Math.ceil(leaf / 2);
}

/** Port 1 is `ens4` on every node. The name follows from the plan alone, not from a machine's PCI slots. */
export function portName(port: number): InterfaceName {
  return `ens${port + 3}`;
}

export function spineName(spine: number): string {
  return `spine${spine}`;
}

export function leafName(leaf: number): string {
  return `leaf${leaf}`;
}

function sketchNodes(size: FabricSize): NodeSketch[] {
  return [
    { name: "internet", index: 0, role: "internet" },
    ...upTo(size.spines).map(
      (spine): NodeSketch => ({ name: spineName(spine), index: spine, role: "spine", spine }),
    ),
    ...upTo(size.leaves).map(
      (leaf): NodeSketch => ({
        name: leafName(leaf),
        index: size.spines + leaf,
        role: "leaf",
        leaf,
        rack: rackOf(leaf),
        side: sideOf(leaf),
      }),
    ),
  ];
}

function hostWire(config: Config): WireSketch {
  return {
    kind: "host",
    bridge: named(config, "HOST_BRIDGE_NAME_PREFIX"),
    ends: [
      { ...named(config, "HOST_DUMMYNET_IFNAME_PREFIX"), kind: "nic", at: { kind: "host" } },
      { ...named(config, "HOST_VM_TAP_IFNAME_PREFIX"), kind: "tap", at: nodeEnd("internet", 1) },
    ],
  };
}

function internetSpineWire(config: Config, spine: number): WireSketch {
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

/** The spine's side is named by the spine's port, the leaf's side by the leaf and its port. */
function spineLeafWire(config: Config, spine: number, leaf: number): WireSketch {
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

function serverWire(config: Config, size: FabricSize, leaf: number, position: number): WireSketch {
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

function bmcWire(config: Config): WireSketch {
  return {
    kind: "bmc",
    bridge: named(config, "HOST_IPMI_BRIDGE_NAME"),
    ends: [{ ...named(config, "VM_TAP_NIC"), kind: "nic", at: { kind: "host" } }],
  };
}

/** The keys of Config that interface names begin with. */
type NameKey = {
  [Key in keyof Config]: Config[Key] extends string ? Key : never;
}[keyof Config];

function named(config: Config, key: NameKey, suffix: string | number = ""): NamedBy {
  return { name: `${config[key]}${suffix}`, key };
}

function nodeEnd(node: string, port: number): WireEnd {
  return { kind: "node", node, port: portName(port) };
}

/** 1 is the left leaf of its rack. */
function sideOf(leaf: number): 1 | 2 {
  return leaf % 2 === 1 ? 1 : 2;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
