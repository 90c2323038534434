import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import { Mac } from "../net/mac.ts";
import { Prefix } from "../net/prefix.ts";
import type { BridgeSettings, ObservedDevice, ObservedVxlan } from "./model/observed.ts";

/** One device in the output of `ip -N -j -d addr show`, as far as it concerns us. */
interface AddrJson {
  readonly ifindex: number;
  readonly ifname: string;
  readonly altnames?: readonly string[];
  readonly ifalias?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly master?: string;
  /** Absent or null if that device is in another netns. */
  readonly link?: string | null;
  readonly qdisc?: string;
  readonly group: string;
  readonly address?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: InfoDataJson;
    readonly info_slave_data?: { readonly learning?: boolean };
  };
  readonly addr_info: readonly {
    readonly family: string;
    readonly local?: string;
    readonly prefixlen: number;
  }[];
}

interface InfoDataJson {
  /** Of a device of kind "tun". */
  readonly type?: "tun" | "tap";
  readonly user?: string | number;
  /** Of a VXLAN; `remote6` and `local6` with IPv6. */
  readonly id?: number;
  readonly remote?: string;
  readonly remote6?: string;
  readonly local?: string;
  readonly local6?: string;
  readonly port?: number;
  /** Of a bridge. */
  readonly stp_state?: number;
  readonly forward_delay?: number;
  readonly mcast_snooping?: number;
  readonly group_fwd_mask?: string;
}

export function parseDevices(json: string): readonly ObservedDevice[] {
  const devices: readonly Partial<AddrJson>[] = JSON.parse(json);
  // A device that vanishes while ip prints the list leaves an empty object in it.
  return devices.filter((device): device is AddrJson => device.ifname !== undefined).map(parseDevice);
}

function parseDevice(device: AddrJson): ObservedDevice {
  const data = device.linkinfo?.info_data;
  return {
    index: device.ifindex,
    name: device.ifname,
    alternativeNames: device.altnames ?? [],
    kind: deviceKind(device),
    mac: Mac.parse(device.address ?? ""),
    mtu: device.mtu,
    group: Number(device.group),
    alias: device.ifalias ?? null,
    up: device.flags.includes("UP"),
    carrier: device.flags.includes("LOWER_UP"),
    arp: !device.flags.includes("NOARP"),
    learning: device.linkinfo?.info_slave_data?.learning ?? false,
    master: device.master ?? null,
    peer: device.linkinfo?.info_kind === "veth" ? (device.link ?? null) : null,
    vxlan: device.linkinfo?.info_kind === "vxlan" ? parseVxlan(data ?? {}) : null,
    lower: isMacvlan(device) ? (device.link ?? null) : null,
    qdisc: device.qdisc ?? "noqueue",
    tapOwner: data?.type === "tap" && data.user !== undefined ? String(data.user) : null,
    bridge: device.linkinfo?.info_kind === "bridge" ? parseBridge(data ?? {}) : null,
    addresses: addressesOf(device, "inet"),
    addresses6: addressesOf(device, "inet6").filter(({ address }) => !LINK_LOCAL.contains(address)),
  };
}

const LINK_LOCAL = Prefix.from("fe80::/10");

function addressesOf({ addr_info }: AddrJson, wanted: "inet" | "inet6"): InterfaceAddress[] {
  return addr_info.flatMap(({ family, local, prefixlen }) =>
    family === wanted ? (InterfaceAddress.parse(`${local}/${prefixlen}`) ?? []) : [],
  );
}

function deviceKind({ linkinfo }: AddrJson): string | null {
  return linkinfo?.info_kind === "tun" ? (linkinfo.info_data?.type ?? "tun") : (linkinfo?.info_kind ?? null);
}

function isMacvlan({ linkinfo }: AddrJson): boolean {
  return linkinfo?.info_kind === "macvlan" || linkinfo?.info_kind === "macvtap";
}

function parseVxlan({ id = 0, remote, remote6, local, local6, port = 0 }: InfoDataJson): ObservedVxlan {
  return {
    vni: id,
    local: Address.parse(local ?? local6 ?? ""),
    remote: Address.parse(remote ?? remote6 ?? ""),
    udpPort: port,
  };
}

function parseBridge(data: InfoDataJson): BridgeSettings {
  return {
    stp: data.stp_state !== 0,
    forwardDelayCs: data.forward_delay ?? 0,
    multicastSnooping: data.mcast_snooping !== 0,
    groupForwardMask: Number(data.group_fwd_mask ?? 0),
  };
}
