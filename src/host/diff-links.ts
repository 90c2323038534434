import type { InterfaceName } from "../fabric/types.ts";
import type { Change, LinkAttribute, WrongAttribute } from "./changes.ts";
import { BRIDGE_SETTINGS, type DesiredBridge, type DesiredLink, type DesiredPort } from "./desired.ts";
import { linkGroup } from "./link-commands.ts";
import type { ObservedLink } from "./model/observed.ts";

/** @param observed devices of ours only. */
export function diffLinks(
  desired: readonly DesiredLink[],
  observed: readonly ObservedLink[],
): readonly Change[] {
  const found = new Map(observed.map((link) => [link.name, link]));
  const planned = new Set(desired.map(({ name }) => name));
  const replaced = new Set<InterfaceName>();
  const changes: Change[] = observed
    .filter(({ name }) => !planned.has(name))
    .map(({ name }) => ({ kind: "remove-link", name }));
  // Bridges come before their ports, so a port knows whether it will lose its bridge.
  for (const link of desired) {
    const present = found.get(link.name);
    if (present === undefined) {
      changes.push({ kind: "add-link", link });
      continue;
    }
    const unchangeable = wrongNature(link, present);
    if (unchangeable.length > 0) {
      replaced.add(link.name);
      changes.push({ kind: "replace-link", link, wrong: unchangeable });
      continue;
    }
    const wrong = wrongAttributes(link, present, replaced);
    if (wrong.length > 0) {
      changes.push({ kind: "set-link", link, wrong });
    }
  }
  return changes;
}

/** Kinds of device that serve as the host's own interface. */
const NIC_KINDS = ["dummy", "ifb", "tap"];

/** What can't be changed on a device that exists; an ifb, for one, takes its MAC at birth only. */
function wrongNature(link: DesiredLink, present: ObservedLink): readonly WrongAttribute[] {
  if (link.kind === "nic") {
    return NIC_KINDS.includes(present.kind ?? "")
      ? compare("mac", String(link.mac), String(present.mac ?? "none"))
      : compare("kind", NIC_KINDS.join(" or "), present.kind ?? "hardware");
  }
  const wrongKind = compare("kind", link.kind, present.kind ?? "hardware");
  const wrongOwner =
    link.kind === "tap" ? compare("owner", link.owner, present.tapOwner ?? "nobody in particular") : [];
  return wrongKind.length > 0 ? wrongKind : wrongOwner;
}

function wrongAttributes(
  link: DesiredLink,
  present: ObservedLink,
  replaced: ReadonlySet<InterfaceName>,
): readonly WrongAttribute[] {
  return [
    ...compare("group", linkGroup(link), present.group),
    ...compare("mac", String(link.mac), String(present.mac ?? "none")),
    ...compare("mtu", link.mtu, present.mtu),
    ...(link.kind === "bridge" ? wrongBridge(link, present) : wrongPort(link, present, replaced)),
    ...compare("state", "up", present.up ? "up" : "down"),
  ];
}

function wrongBridge(link: DesiredBridge, { arp, alias, bridge }: ObservedLink): readonly WrongAttribute[] {
  return [
    ...compare("arp", onOff(link.arp), onOff(arp)),
    ...(link.alias === null ? [] : compare("alias", link.alias, alias ?? "none")),
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
  link: DesiredPort,
  present: ObservedLink,
  replaced: ReadonlySet<InterfaceName>,
): readonly WrongAttribute[] {
  const { master } = present;
  const bridge = compare("bridge", link.bridge, master === null || replaced.has(master) ? "none" : master);
  return [
    ...bridge,
    // Whatever becomes a port is set right there and then.
    ...(bridge.length > 0 ? [] : compare("learning", "off", onOff(present.learning))),
    ...(isFault(present.qdisc) ? compare("qdisc", "the kernel's own", present.qdisc) : []),
  ];
}

/** Queueing disciplines that make a wire worse. The kernel gives these to no device by itself. */
export function isFault(qdisc: string): boolean {
  return ["blackhole", "netem", "tbf"].includes(qdisc);
}

function compare(
  name: LinkAttribute,
  expected: string | number,
  observed: string | number | undefined,
): readonly WrongAttribute[] {
  return expected === observed ? [] : [{ name, expected: String(expected), observed: String(observed) }];
}

function onOff(value: boolean | undefined): string {
  return value ? "on" : "off";
}
