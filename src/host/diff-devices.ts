import type { InterfaceName } from "../fabric/types.ts";
import type { Change, DeviceAttribute, WrongAttribute } from "./changes.ts";
import { BRIDGE_SETTINGS } from "./desired.ts";
import {
  type DesiredBridge,
  type DesiredCutPort,
  type DesiredDevice,
  type DesiredPort,
  describeVxlan,
  kernelKind,
  type Vxlan,
} from "./model/desired-devices.ts";
import { type ObservedDevice, type ObservedVxlan, withoutPeers } from "./model/observed.ts";

/** @param observed devices of ours only. */
export function diffDevices(
  desired: readonly DesiredDevice[],
  observed: readonly ObservedDevice[],
): readonly Change[] {
  const found = new Map(observed.map((device) => [device.name, device]));
  const planned = new Set(desired.map(({ name }) => name));
  const replaced = new Set<InterfaceName>();
  const unplanned = observed.filter(({ name }) => !planned.has(name));
  const changes: Change[] = withoutPeers(unplanned).map(({ name }) => ({ kind: "remove-device", name }));
  // Bridges come before their ports, so it is known whether a port will lose its bridge.
  for (const device of desired) {
    const present = found.get(device.name);
    if (present === undefined) {
      changes.push({ kind: "add-device", device });
      continue;
    }
    const unchangeable = wrongNature(device, present);
    if (unchangeable.length > 0) {
      replaced.add(device.name);
      changes.push({ kind: "replace-device", device, wrong: unchangeable });
      continue;
    }
    const wrong = wrongAttributes(device, present, replaced);
    if (wrong.length > 0) {
      changes.push({ kind: "set-device", device, wrong });
    }
  }
  return changes;
}

/** Kinds of device that serve as the host's own interface. */
const NIC_KINDS = ["dummy", "ifb", "tap"];

/**
 * Returns wrong attributes that can't be changed on an existing device; an ifb, for one, accepts a MAC only on
 * creation.
 */
function wrongNature(device: DesiredDevice, present: ObservedDevice): readonly WrongAttribute[] {
  if (device.kind === "nic") {
    return NIC_KINDS.includes(present.kind ?? "")
      ? compare("mac", String(device.mac), String(present.mac ?? "none"))
      : compare("kind", NIC_KINDS.join(" or "), present.kind ?? "hardware");
  }
  const wrongKind = compare("kind", kernelKind(device), present.kind ?? "hardware");
  const wrongOwner = device.kind === "tap" ? compare("owner", device.owner, present.tapOwner ?? "none") : [];
  const wrongNic = device.kind === "macvtap" ? compare("nic", device.nic, present.lower ?? "none") : [];
  const wrongPeer = "peer" in device ? compare("peer", device.peer, present.peer ?? "none") : [];
  const wrongTunnel = device.kind === "tunnel" ? compareVxlan(device.vxlan, present.vxlan) : [];
  return wrongKind.length > 0 ? wrongKind : [...wrongOwner, ...wrongNic, ...wrongPeer, ...wrongTunnel];
}

function compareVxlan(expected: Vxlan, observed: ObservedVxlan | null): readonly WrongAttribute[] {
  return compare("tunnel", describeVxlan(expected), observed === null ? "none" : describeVxlan(observed));
}

function wrongAttributes(
  device: DesiredDevice,
  present: ObservedDevice,
  replaced: ReadonlySet<InterfaceName>,
): readonly WrongAttribute[] {
  return [
    ...compare("group", device.group, present.group),
    ...compare("mac", String(device.mac), String(present.mac ?? "none")),
    ...compare("mtu", device.mtu, present.mtu),
    ...(device.kind === "bridge" ? wrongBridge(device, present) : []),
    ...("bridge" in device ? wrongPort(device, present, replaced) : []),
    ...compare("state", "up", present.up ? "up" : "down"),
  ];
}

function wrongBridge(
  device: DesiredBridge,
  { arp, alias, bridge }: ObservedDevice,
): readonly WrongAttribute[] {
  return [
    ...compare("arp", onOff(device.arp), onOff(arp)),
    ...(device.alias === null ? [] : compare("alias", device.alias, alias ?? "none")),
    ...compare("stp", onOff(BRIDGE_SETTINGS.stp), onOff(bridge?.stp)),
    ...compare("forward delay", BRIDGE_SETTINGS.forwardDelayCs, bridge?.forwardDelayCs),
    ...compare(
      "multicast snooping",
      onOff(BRIDGE_SETTINGS.multicastSnooping),
      onOff(bridge?.multicastSnooping),
    ),
    ...compare("group forward mask", BRIDGE_SETTINGS.groupForwardMask, bridge?.groupForwardMask),
  ];
}

function wrongPort(
  device: DesiredPort | DesiredCutPort,
  present: ObservedDevice,
  replaced: ReadonlySet<InterfaceName>,
): readonly WrongAttribute[] {
  const { master } = present;
  const bridge = compare("bridge", device.bridge, master === null || replaced.has(master) ? "none" : master);
  return [
    ...bridge,
    // A device that joins a bridge gets the right setting in the same step.
    ...(bridge.length > 0 ? [] : compare("learning", onOff(device.learning), onOff(present.learning))),
    ...(isFault(present.qdisc) ? compare("qdisc", "kernel default", present.qdisc) : []),
  ];
}

/** Reports whether a queueing discipline degrades a link. The kernel assigns none of these by default. */
export function isFault(qdisc: string): boolean {
  return ["blackhole", "netem", "tbf"].includes(qdisc);
}

function compare(
  name: DeviceAttribute,
  expected: string | number,
  observed: string | number | undefined,
): readonly WrongAttribute[] {
  return expected === observed ? [] : [{ name, expected: String(expected), observed: String(observed) }];
}

function onOff(value: boolean | undefined): string {
  return value ? "on" : "off";
}
