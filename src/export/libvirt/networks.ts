import type { PositionNic } from "../../fabric/positions.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { ExportFile } from "../model/file.ts";
import { describeNic, networkName } from "../model/positions.ts";
import { uuidOf } from "./uuid.ts";

/** Modes of macvtap that need no switch with hairpin mode, and leave the lower device's MAC as it is. */
export const MACVTAP_MODES = ["bridge", "private"] as const;

/** How the libvirt network of a link attaches a domain's NIC to it. */
export type LinkAttachment =
  /** By a tap in the link's bridge. */
  | { readonly kind: "bridge" }
  /** By a macvtap device over the link's bridge. */
  | { readonly kind: "macvtap"; readonly mode: (typeof MACVTAP_MODES)[number] };

/** The libvirt network that leads to a NIC's leaf port. */
export function linkNetwork(nic: PositionNic, attachment: LinkAttachment): ExportFile {
  const name = networkName(nic);
  const body =
    attachment.kind === "bridge"
      ? bridgeLines(nic.bridge)
      : [
          `<forward mode='${attachment.mode}'>`,
          `  <interface dev='${nic.bridge}'/>`,
          "</forward>",
          // Without it, libvirt drops multicast that the guest has joined, and MACs that the guest adds.
          "<portgroup name='server' default='yes' trustGuestRxFilters='yes'/>",
        ];
  return networkFile(name, `${describeNic(nic)}. ${existsFrom(nic.bridge)}`, body);
}

/** The prefixes of libvirt's routed and NATed networks. */
export interface RoutedPrefixes {
  readonly routed: Prefix;
  readonly nat: Prefix;
}

/** The networks beside the racks: the host's link, the BMCs, and networks that libvirt makes itself. */
export function hostNetworks({ host, mtu }: Fabric, { routed, nat }: RoutedPrefixes): readonly ExportFile[] {
  return [
    networkFile(
      "fabric-uplink",
      `The link between this host (${host.address}) and the internet router (${host.gateway}). ${existsFrom(host.bridge)}`,
      bridgeLines(host.bridge),
    ),
    networkFile(
      "fabric-bmc",
      `The network of the BMCs, ${host.bmcPrefix}. ${existsFrom(host.bmcBridge)}`,
      bridgeLines(host.bmcBridge),
    ),
    networkFile(
      "fabric-routed",
      `Routed to the fabric over ${host.bridge}, with the domains' own addresses.`,
      [
        `<forward mode='route' dev='${host.bridge}'/>`,
        ...ownBridgeLines("fabric-routed", mtu),
        ...addressLines(routed),
      ],
    ),
    networkFile(
      "fabric-nat",
      `To the fabric over ${host.bridge}, with NAT to this host's address ${host.address.address}.`,
      [
        `<forward mode='nat' dev='${host.bridge}'/>`,
        ...ownBridgeLines("fabric-nat", mtu),
        ...addressLines(nat),
      ],
    ),
    networkFile(
      "fabric-isolated",
      "Joins domains with each other only.",
      ownBridgeLines("fabric-isolated", mtu),
    ),
  ];
}

function existsFrom(bridge: string): string {
  return `${bridge} exists once 'ikvswitch net start' or 'ikvswitch up' has run.`;
}

function bridgeLines(bridge: string): readonly string[] {
  return ["<forward mode='bridge'/>", `<bridge name='${bridge}'/>`];
}

/** A bridge that libvirt makes. Named, since libvirt would choose another name whenever the network is defined again. */
function ownBridgeLines(name: string, mtu: number): readonly string[] {
  return [`<bridge name='${name}' stp='on' delay='0'/>`, `<mtu size='${mtu}'/>`];
}

/** The host has the first address, and gives the others by DHCP. */
function addressLines(prefix: Prefix): readonly string[] {
  return [
    `<ip address='${prefix.at(1)}' prefix='${prefix.length}'>`,
    "  <dhcp>",
    `    <range start='${prefix.at(2)}' end='${prefix.last.plus(-1)}'/>`,
    "  </dhcp>",
    "</ip>",
  ];
}

function networkFile(name: string, about: string, body: readonly string[]): ExportFile {
  return {
    path: `networks/${name}.xml`,
    content: [
      `<!-- ${about} -->`,
      "<network>",
      `  <name>${name}</name>`,
      `  <uuid>${uuidOf("network", name)}</uuid>`,
      ...body.map((line) => `  ${line}`),
      "</network>",
      "",
    ].join("\n"),
  };
}
