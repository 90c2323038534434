import type { InterfaceName } from "../fabric/types.ts";
import type { Command } from "../system/host.ts";
import type { WrongAttribute } from "./changes.ts";
import { BRIDGE_SETTINGS } from "./desired.ts";
import type { Alternative } from "./model/actions.ts";
import type { DesiredCutPort, DesiredDevice, DesiredPort, Redirect } from "./model/desired-devices.ts";

/**
 * Returns lines for `ip -batch` that create a device. It stays down: IPv6 has to be off before it goes up. Bridges are
 * created in our group; a tap gets its owner before it becomes persistent, and joins our group afterwards.
 */
export function createLines(device: DesiredDevice): readonly string[] {
  if (device.kind === "bridge") {
    return [
      `link add ${device.name} ${commonWords(device)} arp ${onOff(device.arp)} type bridge ${bridgeWords}`,
      // The kernel accepts no alias for a device that it creates.
      ...(device.alias === null ? [] : [`link set dev ${device.name} alias ${device.alias}`]),
    ];
  }
  if (device.kind === "macvtap") {
    // In bridge mode, it reaches other macvtaps and macvlans on the NIC, such as those of other fabrics.
    return [
      `link add link ${device.nic} name ${device.name} ${commonWords(device)} type macvtap mode bridge`,
    ];
  }
  if (device.kind === "tunnel") {
    const { vni, local, remote, udpPort } = device.vxlan;
    // It has one remote address, so that there is nothing to learn.
    const words = `id ${vni} local ${local} remote ${remote} dstport ${udpPort} nolearning`;
    return [`link add name ${device.name} ${commonWords(device)} type vxlan ${words}`];
  }
  if (device.kind === "patch") {
    return [];
  }
  if (device.kind === "cut port") {
    const { peer, peerMac, mtu, group } = device;
    return [
      `link add name ${device.name} ${commonWords(device)} master ${device.bridge} type veth` +
        ` peer name ${peer} address ${peerMac} mtu ${mtu} group ${group}`,
      ...learningLines(device),
    ];
  }
  return [
    `tuntap add dev ${device.name} mode tap user ${device.owner}`,
    `link set dev ${device.name} ${commonWords(device)} master ${device.bridge}`,
    ...learningLines(device),
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
    ...(has("group") ? [`group ${device.group}`] : []),
    ...(device.kind === "bridge" && has("alias") ? [`alias ${device.alias}`] : []),
    ...(device.kind === "bridge" && has("arp") ? [`arp ${onOff(device.arp)}`] : []),
    ...("bridge" in device && has("bridge") ? [`master ${device.bridge}`] : []),
  ];
  return [
    ...(words.length > 0 ? [`link set dev ${device.name} ${words.join(" ")}`] : []),
    ...("bridge" in device && has("bridge", "learning") ? learningLines(device, has("learning")) : []),
    // While spanning tree is on, the kernel refuses a forward delay of 0, and it processes the delay first.
    ...(has("stp")
      ? [`link set dev ${device.name} type bridge stp_state ${Number(BRIDGE_SETTINGS.stp)}`]
      : []),
    ...(has("stp", "forward delay", "multicast snooping", "group forward mask")
      ? [`link set dev ${device.name} type bridge ${bridgeWords}`]
      : []),
  ];
}

/** Returns the line that sets a port's MAC learning; none if that is on, as by default. */
function learningLines({ name, learning }: DesiredPort | DesiredCutPort, isWrong = false): readonly string[] {
  return learning
    ? isWrong
      ? [`link set dev ${name} type bridge_slave learning on`]
      : []
    : [noLearningLine(name)];
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

/** Marks our queueing disciplines by the major number of their handle, "ik" in ASCII. */
export const QDISC_HANDLE = "696b:";

/** Returns the line that removes a queueing discipline. The kernel puts its own in its place. */
export function removeQdiscLine(name: InterfaceName): string {
  return `qdisc del dev ${name} root`;
}

/** Returns lines for `tc -batch` that make all frames that arrive at one device leave by another. */
export function redirectLines({ from, to }: Redirect, replace: boolean): readonly string[] {
  return [
    ...(replace ? [`qdisc del dev ${from} ingress`] : []),
    `qdisc add dev ${from} ingress`,
    // u32 with an empty mask: not every kernel has matchall.
    `filter add dev ${from} ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ${to}`,
  ];
}

function commonWords(device: DesiredDevice): string {
  return `address ${device.mac} mtu ${device.mtu} group ${device.group}`;
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
