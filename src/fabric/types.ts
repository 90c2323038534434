import type { Address } from "../net/address.ts";
import type { InterfaceAddress } from "../net/interface-address.ts";
import type { Mac } from "../net/mac.ts";
import type { Prefix } from "../net/prefix.ts";
import type { Cluster, CutEnd } from "./cluster-types.ts";
import type { InterfaceName } from "./interface-name.ts";
import type { FabricMark } from "./mark.ts";
import type { Uplink } from "./uplink-types.ts";

/**
 * The fabric: everything that the emulator builds, as plain data and values of src/net, which are text in JSON. It is
 * computed once from the configuration, and all other parts read it. It contains no secret and no observation, so the
 * same configuration gives the same fabric, byte for byte, on any host.
 *
 * Glossary
 *
 * - fabric: the whole emulated datacenter network, including the host side.
 * - node: a switch or router of the fabric: the internet router, a spine or a leaf.
 * - rack: two leaves and the positions (U) for servers.
 * - link: the equivalent of a cable: one bridge on the host with an interface at either end.
 * - tap: the host's side of a virtual machine's NIC.
 * - port: a NIC of a node, named `ensN` inside it.
 * - uplink: a leaf's port towards a spine, or a spine's port towards the internet router; of the fabric, its way out.
 * - member: one of several hosts that the switches run on, named as in the cluster that they form.
 * - loopback: the /32 on a node's `lo`, announced by BGP, under which the node is reached; with IPv6 also a /128.
 * - scope: the addresses that one DHCP server hands out.
 *
 * Properties whose names end in 6 are missing without HOST_VIRTUAL_SUBNET6: such a fabric has IPv4 only. Those about
 * members are missing without HOSTS.
 */

export type { InterfaceName };

export interface Fabric {
  /** Version of this document's format: 2 since `wires` of version 1 became `links`. */
  readonly version: 2;
  /** The whole network, SNATed when it leaves the host. */
  readonly prefix: Prefix;
  /** The networks of the host's link and of the nodes' loopbacks. */
  readonly hostPrefix: Prefix;
  readonly loopbackPrefix: Prefix;
  readonly networks6?: FabricNetworks6;
  /** MTU of every link between nodes and servers, in bytes. */
  readonly mtu: number;
  /** Time between BFD packets on links between nodes. */
  readonly bfdIntervalMs: number;
  readonly domain: string;
  readonly host: HostPlan;
  readonly cluster?: Cluster;
  readonly racks: readonly Rack[];
  /** internet, then spines, then leaves, each ordered by number. */
  readonly nodes: readonly Node[];
  /** In the order of the link table: host, internet–spine, spine–leaf, leaf–server, BMC network. */
  readonly links: readonly Link[];
  /** Every BGP session between nodes, once. Sessions with servers depend on the attached VMs. */
  readonly sessions: readonly BgpSession[];
  readonly serverAccess: ServerAccess;
  readonly uplink: Uplink;
}

/** The networks of IPv6 that no node, rack or VLAN has. */
export interface FabricNetworks6 {
  /** The whole network. */
  readonly prefix: Prefix;
  /** The networks of the host's link, of the nodes' loopbacks, and of addresses that servers announce. */
  readonly hostPrefix: Prefix;
  readonly loopbackPrefix: Prefix;
  readonly serverPrefix: Prefix;
}

/** The host's own part of the plan, besides the links. */
export interface HostPlan {
  /** Source of traffic that leaves the fabric; `auto` is the address of the default route's interface. */
  readonly snatAddress: Address | "auto";
  /** The host's address on its link to the internet router, and the router's address. */
  readonly address: InterfaceAddress;
  readonly gateway: Address;
  readonly uplink6?: HostUplink6;
  /** The bridge that carries `address`. */
  readonly bridge: InterfaceName;
  /** The network of the BMCs and the host's address in it. */
  readonly bmcBridge: InterfaceName;
  readonly bmcAddress: InterfaceAddress;
  readonly bmcPrefix: Prefix;
  /** Unprivileged user that owns the taps and runs the switches. */
  readonly user: string;
  readonly mark: FabricMark;
  readonly reach: Reach;
}

/** The host's link to the internet router, in IPv6. */
export interface HostUplink6 {
  readonly address: InterfaceAddress;
  readonly gateway: Address;
  /** True if the host translates the source of traffic that leaves the fabric (NAT66). */
  readonly nat: boolean;
}

/** The destinations on the host, and beyond it, that the fabric can reach. */
export interface Reach {
  /**
   * Destinations to which servers may open connections: all; those outside the host and its own networks; or the fabric
   * only. Switches may reach all.
   */
  readonly servers: "all" | "outside" | "fabric";
  /** True if the BMC network and the VNC consoles can be reached. */
  readonly management: boolean;
}

export interface Rack {
  readonly number: number;
  /** Names of the left and the right leaf. */
  readonly leaves: readonly [string, string];
  /** Rack positions (U) for servers. */
  readonly positions: readonly number[];
}

export type Node = InternetNode | SpineNode | LeafNode;

interface NodeBase {
  /** Host name: `internet`, `spine1`, `leaf3`. */
  readonly name: string;
  /** Place in `Fabric.nodes`, from 0. */
  readonly index: number;
  /** Name of the member that it runs on. */
  readonly member?: string;
  readonly asn: number;
  /** The loopback address, which is also the BGP router ID. */
  readonly loopback: Address;
  readonly loopback6?: Address;
  /** Ordered by port number. */
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
  /** The DHCP server on the untagged server ports; null except on left leaves. */
  readonly dhcp: DhcpScope | null;
  /** Layer 2 VLANs bridged across the server ports; empty except on rack 1's right leaf. */
  readonly l2Vlans: readonly L2Vlan[];
}

/** A NIC of a node. */
export interface Port {
  /** From 1, as on a switch's front panel. */
  readonly number: number;
  /** `ens4` is port 1. */
  readonly name: InterfaceName;
  readonly mac: Mac;
  /** IPv6 link-local address derived from the MAC (EUI-64, RFC 4291 appendix A). */
  readonly linkLocal: Address;
  /** The tap on the host that is attached to this NIC. */
  readonly tap: InterfaceName;
  /** The bridge of the link. */
  readonly bridge: InterfaceName;
  readonly mtu: number;
  /** IPv4 address; null on unnumbered ports, which have no `address6` either. */
  readonly address: InterfaceAddress | null;
  readonly address6?: InterfaceAddress;
  readonly peer: PortPeer;
}

/** The virtual machine of a node. */
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
  /** Loopback address of its simulator, and the one at which it answers while its password is the shipped one. */
  readonly inside: Address;
  readonly loopback: Address;
}

export interface DhcpScope {
  readonly prefix: Prefix;
  /** The bridge inside the leaf that joins the untagged server ports. */
  readonly bridge: InterfaceName;
  /** Address of that bridge, which is the clients' router. */
  readonly router: InterfaceAddress;
  readonly poolFirst: Address;
  readonly poolLast: Address;
  readonly nextServer: Address;
  readonly bootFileBios: string;
  readonly bootFileUefi: string;
  readonly bootFileArm64: string;
  /** For UEFI that boots over HTTP. */
  readonly httpBootUrlUefi: string;
  readonly httpBootUrlArm64: string;
  /** The script that a client already running iPXE loads. */
  readonly ipxeScriptUrl: string;
  readonly reservations: readonly DhcpReservation[];
  readonly network6?: ScopeNetwork6;
}

/** The same network in IPv6, where router advertisements and DHCPv6 give clients addresses. */
export interface ScopeNetwork6 {
  readonly prefix: Prefix;
  readonly router: InterfaceAddress;
  readonly poolFirst: Address;
  readonly poolLast: Address;
}

export interface DhcpReservation {
  readonly mac: Mac;
  readonly address: Address;
  readonly hostname: string | null;
}

export interface L2Vlan {
  readonly id: number;
  /** The bridge inside the leaf that joins all server ports and passes these VLANs. */
  readonly bridge: InterfaceName;
  /** The leaf's own interface in this VLAN, with the gateway's address. */
  readonly interface: InterfaceName;
  readonly prefix: Prefix;
  readonly gateway: InterfaceAddress;
  /** The same in IPv6: the network is that of the gateway's address. */
  readonly gateway6?: InterfaceAddress;
  /** Servers in this VLAN with which the leaf has BGP sessions, by address instead of unnumbered. */
  readonly bgpServers: readonly Address[];
}

/** A bridge on the host and the interfaces that are its ports. */
export interface Link {
  readonly kind: "host" | "internet-spine" | "spine-leaf" | "server" | "bmc";
  readonly bridge: HostBridge;
  readonly interfaces: readonly HostInterface[];
  /** Of a link with ends on two members: its number in VXLAN (RFC 7348). */
  readonly vni?: number;
  /** Of such a link in a member's part of the fabric: the way to the other end. */
  readonly cut?: CutEnd;
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
  /** `nic` is the host's own, which keeps its link's bridge up; a virtual machine is attached to a `tap`. */
  readonly kind: "nic" | "tap";
  readonly end: LinkEnd;
}

export type LinkEnd =
  | { readonly kind: "host" }
  | { readonly kind: "node"; readonly node: string; readonly port: InterfaceName }
  | { readonly kind: "server"; readonly rack: number; readonly position: number; readonly nic: 1 | 2 };

/** The other end of a port: of a link of the fabric, or a network outside, by a bridge or a NIC of the host. */
export type PortPeer = LinkEnd | { readonly kind: "outside"; readonly device: InterfaceName };

export interface BgpSession {
  readonly a: SessionEnd;
  readonly b: SessionEnd;
}

export interface SessionEnd {
  readonly node: string;
  readonly port: InterfaceName;
}

/** The BGP sessions of servers with their leaves, and the IPv4 prefixes that servers may announce. */
export interface ServerAccess extends AnnouncedPrefixes {
  /** 802.1Q VLAN of the BGP interface on every server port: `ens6.10`. Null: the port itself, untagged. */
  readonly vlan: number | null;
  /** `strict`: leaves drop packets that arrive on a port other than that of the route to their source. */
  readonly sources: "strict" | "any";
  /** The same of IPv6. Missing if the configuration names no IPv6 network at all. */
  readonly announced6?: AnnouncedPrefixes;
  /** Limit per session and family. A session whose peer announces more prefixes is torn down. */
  readonly maxPrefixes: number;
  /** Leaves run BFD with servers. */
  readonly bfd: boolean;
}

/** The prefixes of one address family that servers may announce. */
export interface AnnouncedPrefixes {
  /** Servers may announce these prefixes and more specific ones. */
  readonly allowedPrefixes: readonly Prefix[];
  /** Rejected even inside the allowed prefixes, with more specific ones: the fabric's own, and `pinned`. */
  readonly deniedPrefixes: readonly Prefix[];
  /** The fabric's networks of which servers may announce single addresses only. */
  readonly addressesOnly: readonly Prefix[];
  /** Prefixes that only the server at one position may announce, with more specific ones. */
  readonly pinned: readonly PinnedPrefix[];
}

export interface PinnedPrefix {
  readonly prefix: Prefix;
  readonly rack: number;
  readonly position: number;
}
