import { endName, linkName } from "../fabric/ends.ts";
import { isFabricGroup } from "../fabric/mark.ts";
import type { HostInterface, InterfaceName, Link } from "../fabric/types.ts";
import { isFault } from "../host/diff-devices.ts";
import type { ObservedDevice } from "../host/model/observed.ts";

/** The observed state of a link. */
export interface LinkState {
  readonly link: Link;
  /** `spine1 ens5 – leaf1 ens4` */
  readonly name: string;
  readonly bridge: InterfaceName;
  readonly ends: readonly EndState[];
  /** Further ports of ikvswitch on the bridge, such as a benchmark's. */
  readonly others: readonly PortState[];
  /** The most severe fault, or `up`; `missing` if a device of the link is missing. */
  readonly state: "up" | "down" | "blackholed" | "impaired" | "missing";
}

/** An interface on the host. */
export interface PortState {
  readonly interface: InterfaceName;
  /** Name of the member of a cluster on which it is; null: this host. */
  readonly member: string | null;
  readonly up: boolean;
  /** True if something is attached. */
  readonly carrier: boolean;
  /** True if all frames to this end are dropped. */
  readonly blackholed: boolean;
  /** Any other impairment of frames to this end, in a few words. */
  readonly impairment: string | null;
}

export interface EndState extends PortState {
  /** `spine1 ens5` */
  readonly name: string;
  readonly planned: HostInterface;
}

/** What is observed on a host. */
export interface ObservedPorts {
  readonly member: string | null;
  readonly devices: readonly ObservedDevice[];
  /** Impairments other than a blackhole, by interface. */
  readonly impairments: ReadonlyMap<InterfaceName, string>;
}

/** @param link with those ends that are on that host. */
export function linkState(link: Link, { devices, ...seen }: ObservedPorts): LinkState {
  const found = new Map(devices.map((device) => [device.name, device]));
  const ends = link.interfaces.flatMap((planned): EndState[] => {
    const device = found.get(planned.name);
    return device === undefined ? [] : [{ name: endName(planned.end), planned, ...portState(device, seen) }];
  });
  const names = new Set([...link.interfaces.map(({ name }) => name), link.cut?.port]);
  const others = devices.filter(
    ({ name, group, master }) => isFabricGroup(group) && master === link.bridge.name && !names.has(name),
  );
  const complete = ends.length === link.interfaces.length && found.has(link.bridge.name);
  return {
    link,
    name: linkName(link),
    bridge: link.bridge.name,
    ends,
    others: others.map((device) => portState(device, seen)),
    state: complete ? stateOf(ends) : "missing",
  };
}

/** Returns the state of a link with ends on two members, from what is observed of it on each. @param link all of it */
export function joinStates(link: Link, parts: readonly LinkState[]): LinkState {
  const ends = parts.flatMap((part) => part.ends);
  const inOrder = link.interfaces.flatMap(({ name }) => ends.filter((end) => end.interface === name));
  const complete =
    inOrder.length === link.interfaces.length && parts.every(({ state }) => state !== "missing");
  return {
    link,
    name: linkName(link),
    bridge: link.bridge.name,
    ends: inOrder,
    others: parts.flatMap((part) => part.others),
    state: complete ? stateOf(inOrder) : "missing",
  };
}

/** Returns the link with those ports only that are on this member; null: on this host. */
export function portsOn(link: LinkState, member: string | null): LinkState {
  const isThere = (port: PortState) => port.member === member;
  return { ...link, ends: link.ends.filter(isThere), others: link.others.filter(isThere) };
}

function portState(
  { name, up, carrier, qdisc }: ObservedDevice,
  { member, impairments }: Omit<ObservedPorts, "devices">,
): PortState {
  const blackholed = qdisc === "blackhole";
  return {
    interface: name,
    member,
    up,
    carrier,
    blackholed,
    impairment: isFault(qdisc) && !blackholed ? (impairments.get(name) ?? qdisc) : null,
  };
}

function stateOf(ends: readonly EndState[]): LinkState["state"] {
  if (ends.some(({ up }) => !up)) {
    return "down";
  }
  if (ends.some(({ blackholed }) => blackholed)) {
    return "blackholed";
  }
  return ends.some(({ impairment }) => impairment !== null) ? "impaired" : "up";
}
