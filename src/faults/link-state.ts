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

export function linkState(
  link: Link,
  devices: readonly ObservedDevice[],
  impairments: ReadonlyMap<InterfaceName, string>,
): LinkState {
  const found = new Map(devices.map((device) => [device.name, device]));
  const ends = link.interfaces.flatMap((planned): EndState[] => {
    const device = found.get(planned.name);
    return device === undefined
      ? []
      : [{ name: endName(planned.end), planned, ...portState(device, impairments) }];
  });
  const names = new Set(link.interfaces.map(({ name }) => name));
  const others = devices.filter(
    ({ name, group, master }) => isFabricGroup(group) && master === link.bridge.name && !names.has(name),
  );
  const complete = ends.length === link.interfaces.length && found.has(link.bridge.name);
  return {
    link,
    name: linkName(link),
    bridge: link.bridge.name,
    ends,
    others: others.map((device) => portState(device, impairments)),
    state: complete ? stateOf(ends) : "missing",
  };
}

function portState(
  { name, up, carrier, qdisc }: ObservedDevice,
  impairments: ReadonlyMap<InterfaceName, string>,
): PortState {
  const blackholed = qdisc === "blackhole";
  return {
    interface: name,
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
