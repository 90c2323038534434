import type { MissingRequirement } from "../errors.ts";
import { isFabricGroup } from "../fabric/mark.ts";
import type { Fabric } from "../fabric/types.ts";
import { hasOwnPort, uplinkPort } from "../fabric/uplink.ts";
import type { OwnUplink } from "../fabric/uplink-types.ts";
import { hasAddress, type ObservedDevice, type ObservedNetwork } from "./model/observed.ts";

/** Returns what keeps the internet router from a port of its own in the bridge, or on the NIC, of UPLINK. */
export function uplinkConflicts(fabric: Fabric, observed: ObservedNetwork): readonly MissingRequirement[] {
  const { uplink } = fabric;
  if (!hasOwnPort(uplink)) {
    return [];
  }
  const device = observed.devices.find(({ name }) => name === uplink.device);
  if (device === undefined) {
    return [problem(uplink, "there is no such device", existing(uplink, observed))];
  }
  const unfit = uplink.kind === "bridge" ? unfitBridge(uplink, device) : unfitNic(uplink, device, observed);
  return unfit.length > 0
    ? unfit
    : [...wrongMtu(fabric, uplink, device), ...takenAddress(uplink, observed.devices)];
}

function unfitBridge(uplink: OwnUplink, device: ObservedDevice): readonly MissingRequirement[] {
  if (device.kind === "bridge") {
    return device.up ? [] : [problem(uplink, "the bridge is down", `ip link set dev ${device.name} up`)];
  }
  const { name, master, addresses } = device;
  if (master !== null) {
    return [problem(uplink, `${name} is a port of ${master}`, `write UPLINK=bridge:${master}`)];
  }
  const moved =
    addresses.length === 0
      ? ""
      : `, and move its addresses (${addresses.join(", ")}) and its routes to the bridge`;
  return [
    problem(
      uplink,
      `${name} is no bridge`,
      `put it into one (ip link add br0 type bridge; ip link set dev ${name} master br0; ip link set dev br0 up)${moved}; ` +
        `then write UPLINK=bridge:br0. Or write UPLINK=macvtap:${name}, which leaves it as it is`,
    ),
  ];
}

function unfitNic(
  uplink: OwnUplink,
  { name, kind, master, mac, up }: ObservedDevice,
  { wirelessUplink }: ObservedNetwork,
): readonly MissingRequirement[] {
  if (wirelessUplink) {
    const why = "its access point drops frames from any other MAC than that of the NIC itself";
    return [problem(uplink, `${name} is wireless: ${why}`, "use UPLINK=nat, or a wired NIC")];
  }
  if (kind === "bridge") {
    return [problem(uplink, `${name} is a bridge`, `write UPLINK=bridge:${name}`)];
  }
  if (master !== null) {
    return [
      problem(uplink, `${name} is a port of ${master}`, `write UPLINK=bridge:${master}, if that is a bridge`),
    ];
  }
  if (mac === null || name === "lo") {
    return [problem(uplink, `${name} is no Ethernet device`, "name a NIC, a VLAN or a bond")];
  }
  return up ? [] : [problem(uplink, `${name} is down`, `ip link set dev ${name} up`)];
}

/** A bridge takes the MTU of its smallest port. A macvtap can't have a larger one than its NIC. */
function wrongMtu(fabric: Fabric, uplink: OwnUplink, device: ObservedDevice): readonly MissingRequirement[] {
  const mtu = uplinkPort(fabric)?.mtu ?? device.mtu;
  const fits = uplink.kind === "bridge" ? mtu === device.mtu : mtu <= device.mtu;
  return fits
    ? []
    : [problem(uplink, `${device.name} has MTU ${device.mtu}, not ${mtu}`, `set UPLINK_MTU=${device.mtu}`)];
}

function takenAddress(
  { address }: OwnUplink,
  devices: readonly ObservedDevice[],
): readonly MissingRequirement[] {
  const holder = devices.find(
    (device) => address !== null && !isFabricGroup(device.group) && hasAddress(device, address.address),
  );
  return holder === undefined || address === null
    ? []
    : [
        {
          what: `UPLINK_ADDRESS: ${address.address} is this host's own address, on ${holder.name}`,
          why: "the internet router needs an address of its own there",
          fix: "set UPLINK_ADDRESS to a free address of that network, or to dhcp",
        },
      ];
}

/** Names devices that would do. */
function existing({ kind }: OwnUplink, { devices }: ObservedNetwork): string {
  const names = devices
    .filter((device) => !isFabricGroup(device.group) && device.name !== "lo")
    .filter((device) => (kind === "bridge" ? device.kind === "bridge" : device.kind !== "bridge"))
    .map(({ name }) => name);
  const what = kind === "bridge" ? "bridge" : "NIC";
  return names.length === 0
    ? `this host has no ${what}${kind === "bridge" ? ": make one, or use UPLINK=macvtap:NIC or nat" : ": use UPLINK=nat"}`
    : `name a ${what} of this host: ${names.join(", ")}`;
}

function problem({ kind, device }: OwnUplink, what: string, fix: string): MissingRequirement {
  return {
    what: `UPLINK=${kind}:${device}: ${what}`,
    why: "the internet router gets a port there",
    fix,
  };
}
