import type { Config } from "../config/types.ts";
import { splitUplink } from "../config/value-types/uplink.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import { Mac } from "../net/mac.ts";
import type { MacPlan } from "./macs.ts";
import { portName } from "./numbering.ts";
import type { Report } from "./report.ts";
import type { Fabric, Port } from "./types.ts";
import type { BgpNeighbor, OwnUplink, Uplink } from "./uplink-types.ts";

export function planUplink(config: Config): Uplink {
  const { kind, device } = splitUplink(config.UPLINK);
  const bgp = planNeighbor(config);
  if (device !== null) {
    const address = InterfaceAddress.parse(config.UPLINK_ADDRESS);
    return {
      kind: kind === "bridge" ? "bridge" : "macvtap",
      device,
      address,
      gateway: address === null ? null : Address.parse(config.UPLINK_GATEWAY),
      nat: config.UPLINK_NAT === "yes",
      bgp,
    };
  }
  switch (kind) {
    case "routed":
      return { kind, bgp };
    case "isolated":
      return { kind };
    default:
      return { kind: "nat" };
  }
}

function planNeighbor(config: Config): BgpNeighbor | null {
  return config.UPLINK_BGP_NEIGHBOR === ""
    ? null
    : { address: Address.from(config.UPLINK_BGP_NEIGHBOR), asn: Number(config.UPLINK_BGP_AS) };
}

/** Returns the internet router's port on the uplink's own device, which follows its ports towards the spines. */
export function planUplinkPort(config: Config, uplink: Uplink, number: number, macs: MacPlan): Port[] {
  if (!hasOwnPort(uplink)) {
    return [];
  }
  const mac = config.UPLINK_MAC === "auto" ? macs.internetPort(number) : Mac.from(config.UPLINK_MAC);
  return [
    {
      number,
      name: portName(number),
      mac,
      linkLocal: mac.linkLocal,
      tap: config.UPLINK_IFNAME,
      bridge: uplink.device,
      mtu: config.UPLINK_MTU,
      address: uplink.address,
      peer: { kind: "outside", device: uplink.device },
    },
  ];
}

/**
 * Reports names and MACs of the uplink that are also the fabric's own.
 * @param names every name of the fabric's devices on the host
 */
export function checkUplink(
  config: Config,
  uplink: Uplink,
  { names, macs }: { readonly names: ReadonlySet<string>; readonly macs: readonly Mac[] },
  report: Report,
): void {
  if (!hasOwnPort(uplink)) {
    return;
  }
  if (names.has(uplink.device)) {
    report("UPLINK", `${uplink.device} is a device of the fabric itself; name one of this host's own`);
  }
  if (names.has(config.UPLINK_IFNAME) || config.UPLINK_IFNAME === uplink.device) {
    report("UPLINK_IFNAME", `${config.UPLINK_IFNAME} is the name of another device; choose another`);
  }
  const mac = Mac.parse(config.UPLINK_MAC);
  if (mac !== null && macs.some((other) => other.equals(mac))) {
    report("UPLINK_MAC", `${mac} is the MAC of another NIC of the fabric; choose another`);
  }
}

/** Reports whether the internet router has a port of its own outside, so that no packet leaves by the host. */
export function hasOwnPort(uplink: Uplink): uplink is OwnUplink {
  return uplink.kind === "bridge" || uplink.kind === "macvtap";
}

/** Reports whether the host forwards packets between the fabric and the outside. */
export function leavesByHost({ kind }: Uplink): boolean {
  return kind === "nat" || kind === "routed";
}

/** `bridge br0, address by DHCP, NAT in the internet router`. */
export function describeUplink(uplink: Uplink): string {
  const bgp = "bgp" in uplink && uplink.bgp !== null ? [`BGP with ${uplink.bgp.address}`] : [];
  switch (uplink.kind) {
    case "nat":
      return "by the host, with its address";
    case "routed":
      return ["by the host, without NAT", ...bgp].join(", ");
    case "isolated":
      return "none";
    default: {
      const address = uplink.address === null ? "address by DHCP" : `address ${uplink.address}`;
      const nat = uplink.nat ? "NAT in the internet router" : "without NAT";
      return [`${uplink.kind} ${uplink.device}`, address, nat, ...bgp].join(", ");
    }
  }
}

export function uplinkPort({ nodes }: Pick<Fabric, "nodes">): Port | null {
  return nodes.flatMap(({ ports }) => ports).find(({ peer }) => peer.kind === "outside") ?? null;
}

/** MAC of the host's end of that port: with its first byte, it is never the lowest of a bridge, which would take it. */
export function hostEndMac(port: Port): Mac {
  return new Mac(0xfe * 2 ** 40 + (port.mac.value % 2 ** 40));
}
