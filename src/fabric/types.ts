import type { Address } from "../net/address.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Mac } from "../net/mac.ts";
import type { Prefix } from "../net/prefix.ts";

/**
 * The fabric: everything that the emulator will build, as plain data and values of src/net, which are text
 * in JSON. It is computed once from the configuration, and everything else reads it. It holds no secret and nothing
 * that was observed, so the same configuration gives the same fabric, byte for byte, on any machine.
 *
 * Glossary
 *
 * - fabric: the whole emulated datacenter network, host side included.
 * - node: a switch or router of the fabric: the internet router, a spine or a leaf.
 * - rack: two leaves and the positions (U) into which servers are plugged.
 * - link: what a cable would be: one bridge on the host with an interface at either end.
 * - tap: the host's side of a machine's NIC.
 * - port: a NIC of a node, named `ensN` inside it.
 * - uplink: a leaf's port towards a spine, or a spine's port towards the internet router.
 * - loopback: the /32 on a node's `lo`, announced by BGP, under which the node is reached.
 * - scope: the addresses that one DHCP server hands out.
 */

/** A Linux interface name, 15 characters at most. */
export type InterfaceName = string;

export interface Fabric {
  /** Of this document's form: 2 since what version 1 called `wires` is called `links`. */
  readonly version: 2;
  /** The whole network, SNATed when it leaves the host. */
  readonly prefix: Prefix;
  /** The networks that hold the host's link and the nodes' loopbacks. */
  readonly hostPrefix: Prefix;
  readonly loopbackPrefix: Prefix;
  /** Of every link between nodes and servers, in bytes. */
  readonly mtu: number;
  /** Time between BFD packets on links between nodes. */
  readonly bfdIntervalMs: number;
  readonly domain: string;
  readonly host: HostPlan;
  readonly racks: readonly Rack[];
  /** internet, then spines, then leaves, each in the order of its number. */
  readonly nodes: readonly Node[];
  /** In the order of the link table: host, internet–spine, spine–leaf, leaf–server, BMC network. */
  readonly links: readonly Link[];
  /** Every BGP session between nodes, once. Sessions with servers depend on who is plugged in. */
  readonly sessions: readonly BgpSession[];
  readonly serverAccess: ServerAccess;
}

/** What the host itself gains, besides the links. */
export interface HostPlan {
  /** Source of traffic that leaves; `auto` is the address of the interface of the default route. */
  readonly snatAddress: Address | "auto";
  /** The host's address on its link to the internet router, and the router's. */
  readonly address: InterfaceAddress;
  readonly gateway: Address;
  /** The bridge that carries `address`. */
  readonly bridge: InterfaceName;
  /** The network of the BMCs and the host's address in it. */
  readonly bmcBridge: InterfaceName;
  readonly bmcAddress: InterfaceAddress;
  readonly bmcPrefix: Prefix;
  /** Unprivileged user that owns the taps and runs the switches. */
  readonly user: string;
  readonly reach: Reach;
}

/** What of the host, and by way of it, can be reached from the fabric. */
export interface Reach {
  /**
   * What servers may open connections to: everything; what lies outside the host and its own networks; or nothing beyond
   * the fabric. Switches may reach everything.
   */
  readonly servers: "all" | "outside" | "fabric";
  /** Whether the BMC network and the VNC consoles can be reached. */
  readonly management: boolean;
}

export interface Rack {
  readonly number: number;
  /** Names of the left and the right leaf. */
  readonly leaves: readonly [string, string];
  /** Rack positions (U) that a server may take. */
  readonly positions: readonly number[];
}

export type Node = InternetNode | SpineNode | LeafNode;

interface NodeBase {
  /** Host name: `internet`, `spine1`, `leaf3`. */
  readonly name: string;
  /** Place in `Fabric.nodes`, from 0. */
  readonly index: number;
  readonly asn: number;
  /** Also the BGP router ID. */
  readonly loopback: Address;
  /** In the order of their port numbers. */
  readonly ports: readonly Port[];
  readonly machine: Machine;
  readonly bmc: Bmc;
}

export interface InternetNode extends NodeBase {
  readonly role: "internet";
}

export interface SpineNode extends NodeBase {
  readonly role: "spine";
  readonly spineNumber: number;
}

export interface LeafNode extends NodeBase {
  readonly role: "leaf";
  readonly leafNumber: number;
  readonly rack: number;
  /** 1 is the left leaf of its rack, 2 the right one. */
  readonly side: 1 | 2;
  /** On left leaves: the DHCP server on the untagged server ports. */
  readonly dhcp: DhcpScope | null;
  /** Layer 2 VLANs bridged across the server ports. Only rack 1's right leaf has any. */
  readonly l2Vlans: readonly L2Vlan[];
}

/** A NIC of a node. */
export interface Port {
  /** From 1, as printed on the front of a switch. */
  readonly number: number;
  /** `ens4` is port 1. */
  readonly name: InterfaceName;
  readonly mac: Mac;
  /** IPv6 link-local address that follows from the MAC (EUI-64, RFC 4291 appendix A). */
  readonly linkLocal: Address;
  /** The tap on the host that this NIC is plugged into. */
  readonly tap: InterfaceName;
  /** The bridge of the link. */
  readonly bridge: InterfaceName;
  readonly mtu: number;
  /** IPv4 address; null on unnumbered ports. */
  readonly address: InterfaceAddress | null;
  readonly peer: LinkEnd;
}

/** The virtual machine that a node runs in. */
export interface Machine {
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** VNC display number; the TCP port is 5900 higher. */
  readonly vncDisplay: number;
  readonly vncPort: number;
}

/** The node's management controller: IPMI over LAN. */
export interface Bmc {
  readonly address: InterfaceAddress;
  readonly port: number;
}

export interface DhcpScope {
  readonly prefix: Prefix;
  /** The bridge inside the leaf that joins the untagged server ports. */
  readonly bridge: InterfaceName;
  /** Address of that bridge: the clients' router. */
  readonly router: InterfaceAddress;
  readonly poolFirst: Address;
  readonly poolLast: Address;
  readonly nextServer: Address;
  readonly bootFileBios: string;
  readonly bootFileUefi: string;
  /** What a client that already runs iPXE loads. */
  readonly ipxeScriptUrl: string;
  readonly reservations: readonly DhcpReservation[];
}

export interface DhcpReservation {
  readonly mac: Mac;
  readonly address: Address;
  readonly hostname: string | null;
}

export interface L2Vlan {
  readonly id: number;
  /** The bridge inside the leaf that joins all server ports, and passes on these VLANs. */
  readonly bridge: InterfaceName;
  /** The leaf's own interface in this VLAN, with the gateway's address. */
  readonly interface: InterfaceName;
  readonly prefix: Prefix;
  readonly gateway: InterfaceAddress;
}

/** A bridge on the host and the interfaces that are its ports. */
export interface Link {
  readonly kind: "host" | "internet-spine" | "spine-leaf" | "server" | "bmc";
  readonly bridge: HostBridge;
  readonly interfaces: readonly HostInterface[];
}

export interface HostBridge {
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
}

export interface HostInterface {
  readonly name: InterfaceName;
  readonly mac: Mac;
  readonly mtu: number;
  /** `nic` is an interface of the host's own that keeps a bridge up; `tap` is where a machine is plugged in. */
  readonly kind: "nic" | "tap";
  readonly end: LinkEnd;
}

export type LinkEnd =
  | { readonly kind: "host" }
  | { readonly kind: "node"; readonly node: string; readonly port: InterfaceName }
  | { readonly kind: "server"; readonly rack: number; readonly position: number; readonly nic: 1 | 2 };

export interface BgpSession {
  readonly a: SessionEnd;
  readonly b: SessionEnd;
}

export interface SessionEnd {
  readonly node: string;
  readonly port: InterfaceName;
}

/** How servers speak BGP with their leaves, and what they may say. */
export interface ServerAccess {
  /** 802.1Q VLAN of the BGP interface on every server port: `ens6.10`. Null: the port itself, untagged. */
  readonly vlan: number | null;
  /** `strict`: leaves drop packets whose source they don't reach by the port that these came in by. */
  readonly sources: "strict" | "any";
  /** Servers may announce these and anything more specific. */
  readonly allowedPrefixes: readonly Prefix[];
  /** Refused even inside the allowed ones, with anything more specific: the fabric's own, and `pinned`. */
  readonly deniedPrefixes: readonly Prefix[];
  /** Networks of the fabric's own of which servers may announce single addresses only. */
  readonly addressesOnly: readonly Prefix[];
  /** What only the server at one position may announce, with anything more specific. */
  readonly pinned: readonly PinnedPrefix[];
  /** More announced prefixes than this, per session and family, end the session. */
  readonly maxPrefixes: number;
}

export interface PinnedPrefix {
  readonly prefix: Prefix;
  readonly rack: number;
  readonly position: number;
}
