import { InterfaceAddress } from "../net/interface-address.ts";
import { Mac } from "../net/mac.ts";
import type { BridgeSettings, ObservedLink } from "./model/observed.ts";

/** What `ip -N -j -d addr show` prints of one device, as far as it concerns us. */
interface AddrJson {
  readonly ifindex: number;
  readonly ifname: string;
  readonly altnames?: readonly string[];
  readonly ifalias?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly master?: string;
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
  /** Of a bridge. */
  readonly stp_state?: number;
  readonly forward_delay?: number;
  readonly mcast_snooping?: number;
  readonly group_fwd_mask?: string;
}

export function parseLinks(json: string): readonly ObservedLink[] {
  const links: readonly Partial<AddrJson>[] = JSON.parse(json);
  // A device that vanishes while ip prints the list leaves an empty object in it.
  return links.filter((link): link is AddrJson => link.ifname !== undefined).map(parseLink);
}

function parseLink(link: AddrJson): ObservedLink {
  const data = link.linkinfo?.info_data;
  return {
    index: link.ifindex,
    name: link.ifname,
    alternativeNames: link.altnames ?? [],
    kind: linkKind(link),
    mac: Mac.parse(link.address ?? ""),
    mtu: link.mtu,
    group: Number(link.group),
    alias: link.ifalias ?? null,
    up: link.flags.includes("UP"),
    carrier: link.flags.includes("LOWER_UP"),
    arp: !link.flags.includes("NOARP"),
    learning: link.linkinfo?.info_slave_data?.learning ?? false,
    master: link.master ?? null,
    qdisc: link.qdisc ?? "noqueue",
    tapOwner: data?.type === "tap" && data.user !== undefined ? String(data.user) : null,
    bridge: link.linkinfo?.info_kind === "bridge" ? parseBridge(data ?? {}) : null,
    addresses: link.addr_info.flatMap(({ family, local, prefixlen }) =>
      family === "inet" ? (InterfaceAddress.parse(`${local}/${prefixlen}`) ?? []) : [],
    ),
  };
}

function linkKind({ linkinfo }: AddrJson): string | null {
  return linkinfo?.info_kind === "tun" ? (linkinfo.info_data?.type ?? "tun") : (linkinfo?.info_kind ?? null);
}

function parseBridge(data: InfoDataJson): BridgeSettings {
  return {
    stp: data.stp_state !== 0,
    forwardDelayCs: data.forward_delay ?? 0,
    multicastSnooping: data.mcast_snooping !== 0,
    groupForwardMask: Number(data.group_fwd_mask ?? 0),
  };
}
