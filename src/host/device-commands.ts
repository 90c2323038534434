import type { InterfaceName } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";
import type { WrongAttribute } from "./changes.ts";
import { BRIDGE_SETTINGS, type DesiredBridge, type DesiredDevice, type DesiredPort } from "./desired.ts";
import type { Alternative } from "./model/actions.ts";
import { HOST_BRIDGE_GROUP, LINK_GROUP } from "./model/ownership.ts";

/**
 * Returns lines for `ip -batch` that create a device. It stays down: IPv6 has to be off before it goes up. Bridges are
 * created in our group; a tap gets its owner before it becomes persistent, and joins our group afterwards.
 */
export function createLines(device: DesiredBridge | DesiredPort): readonly string[] {
  if (device.kind === "bridge") {
    return [
      `link add ${device.name} ${commonWords(device)} arp ${onOff(device.arp)} type bridge ${bridgeWords}`,
      // The kernel accepts no alias for a device that it creates.
      ...(device.alias === null ? [] : [`link set dev ${device.name} alias ${device.alias}`]),
    ];
  }
  return [
    `tuntap add dev ${device.name} mode tap user ${device.owner}`,
    `link set dev ${device.name} ${commonWords(device)} master ${device.bridge}`,
    noLearningLine(device.name),
  ];
}

/**
 * Returns alternatives for the host's own interfaces. A bridge needs a port with a carrier: a dummy has one; so does an
 * ifb, as long as nothing is redirected to it; a tap, which has none, is the last resort.
 */
export function createNicAlternatives(nics: readonly DesiredPort[]): readonly Alternative[] {
  const lines = (kind: string) => nics.map((nic) => `link add ${nic.name} ${commonWords(nic)} type ${kind}`);
  return [
    { prepare: loadDriver("dummy", "numdummies"), command: batch(lines("dummy")) },
    { prepare: loadDriver("ifb", "numifbs"), command: batch(lines("ifb")) },
    { prepare: null, command: batch(nics.flatMap(createLines)) },
  ];
}

/** Loads a driver without devices: by default it creates dummy0, or ifb0 and ifb1. */
function loadDriver(module: string, count: string): Command {
  return { file: "modprobe", args: ["--quiet", module, `${count}=0`] };
}

function batch(lines: readonly string[]): Command {
  return { file: "ip", args: ["-batch", "-"], input: `${lines.join("\n")}\n` };
}

/** Returns lines that correct a device's wrong attributes. They do not bring it up. */
export function repairLines(device: DesiredDevice, wrong: readonly WrongAttribute[]): readonly string[] {
  const names = wrong.map(({ name }) => name);
  const has = (...candidates: readonly WrongAttribute["name"][]) =>
    names.some((name) => candidates.includes(name));
  const words = [
    ...(has("mac") ? [`address ${device.mac}`] : []),
    ...(has("mtu") ? [`mtu ${device.mtu}`] : []),
    ...(has("group") ? [`group ${deviceGroup(device)}`] : []),
    ...(device.kind === "bridge" && has("alias") ? [`alias ${device.alias}`] : []),
    ...(device.kind === "bridge" && has("arp") ? [`arp ${onOff(device.arp)}`] : []),
    ...(device.kind !== "bridge" && has("bridge") ? [`master ${device.bridge}`] : []),
  ];
  return [
    ...(words.length > 0 ? [`link set dev ${device.name} ${words.join(" ")}`] : []),
    ...(has("bridge", "learning") ? [noLearningLine(device.name)] : []),
    // While spanning tree is on, the kernel refuses a forward delay of 0, and it processes the delay first.
    ...(has("stp")
      ? [`link set dev ${device.name} type bridge stp_state ${Number(BRIDGE_SETTINGS.stp)}`]
      : []),
    ...(has("stp", "forward delay", "multicast snooping", "group forward mask")
      ? [`link set dev ${device.name} type bridge ${bridgeWords}`]
      : []),
  ];
}

/**
 * Returns the line that turns off a port's MAC learning. A link has two ends, so a frame received on one leaves by the
 * other, whoever sent it. With learning, the bridge would use memory of the host for each address that a server makes
 * up.
 */
export function noLearningLine(port: InterfaceName): string {
  return `link set dev ${port} type bridge_slave learning off`;
}

/** Returns lines for `tc -batch` that remove unwanted queueing disciplines. */
export function qdiscLines(device: DesiredDevice, wrong: readonly WrongAttribute[]): readonly string[] {
  return wrong.some(({ name }) => name === "qdisc") ? [removeQdiscLine(device.name)] : [];
}

/** Returns a line for `tc -batch` that drops every frame sent by this interface, without an error for the sender. */
export function blackholeLine(name: InterfaceName): string {
  return `qdisc replace dev ${name} root handle ${QDISC_HANDLE} blackhole`;
}

/** Marks our queueing disciplines: the major number of their handle is our link group. */
export const QDISC_HANDLE = `${LINK_GROUP.toString(16)}:`;

/** Returns the line that removes a queueing discipline. The kernel puts its own in its place. */
export function removeQdiscLine(name: InterfaceName): string {
  return `qdisc del dev ${name} root`;
}

/** Returns the link group for this device: one of the two that mark devices as ours. */
export function deviceGroup(device: DesiredDevice): number {
  return device.kind === "bridge" && device.arp ? HOST_BRIDGE_GROUP : LINK_GROUP;
}

function commonWords(device: DesiredDevice): string {
  return `address ${device.mac} mtu ${device.mtu} group ${deviceGroup(device)}`;
}

const bridgeWords = [
  `stp_state ${Number(BRIDGE_SETTINGS.stp)}`,
  `forward_delay ${BRIDGE_SETTINGS.forwardDelayCs}`,
  `mcast_snooping ${Number(BRIDGE_SETTINGS.multicastSnooping)}`,
  `group_fwd_mask 0x${BRIDGE_SETTINGS.groupForwardMask.toString(16)}`,
].join(" ");

function onOff(value: boolean): string {
  return value ? "on" : "off";
}
