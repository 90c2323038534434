import { endName, wireName } from "../fabric/ends.ts";
import type { HostInterface, InterfaceName, Wire } from "../fabric/types.ts";
import { isFault } from "../host/diff-devices.ts";
import type { ObservedDevice } from "../host/model/observed.ts";
import { LINK_GROUP } from "../host/model/ownership.ts";

/** A wire as it is now. */
export interface WireState {
  readonly wire: Wire;
  /** `spine1 ens5 – leaf1 ens4` */
  readonly name: string;
  readonly bridge: InterfaceName;
  readonly ends: readonly EndState[];
  /** Further ports of ours, such as a benchmark's. */
  readonly others: readonly PortState[];
  /** The gravest fault, or `up`; `missing` where the host network is not there. */
  readonly state: "up" | "down" | "silent" | "impaired" | "missing";
}

/** An interface of the host's. */
export interface PortState {
  readonly interface: InterfaceName;
  readonly up: boolean;
  /** Whether anybody is plugged in. */
  readonly carrier: boolean;
  /** All frames to this end vanish. */
  readonly silenced: boolean;
  /** What else impairs frames to this end, in a few words. */
  readonly impairment: string | null;
}

export interface EndState extends PortState {
  /** `spine1 ens5` */
  readonly name: string;
  readonly planned: HostInterface;
}

export function wireState(
  wire: Wire,
  devices: readonly ObservedDevice[],
  impairments: ReadonlyMap<InterfaceName, string>,
): WireState {
  const found = new Map(devices.map((device) => [device.name, device]));
  const ends = wire.interfaces.flatMap((planned): EndState[] => {
    const device = found.get(planned.name);
    return device === undefined
      ? []
      : [{ name: endName(planned.end), planned, ...portState(device, impairments) }];
  });
  const names = new Set(wire.interfaces.map(({ name }) => name));
  const others = devices.filter(
    ({ name, group, master }) => group === LINK_GROUP && master === wire.bridge.name && !names.has(name),
  );
  const complete = ends.length === wire.interfaces.length && found.has(wire.bridge.name);
  return {
    wire,
    name: wireName(wire),
    bridge: wire.bridge.name,
    ends,
    others: others.map((device) => portState(device, impairments)),
    state: complete ? stateOf(ends) : "missing",
  };
}

function portState(
  { name, up, carrier, qdisc }: ObservedDevice,
  impairments: ReadonlyMap<InterfaceName, string>,
): PortState {
  const silenced = qdisc === "blackhole";
  return {
    interface: name,
    up,
    carrier,
    silenced,
    impairment: isFault(qdisc) && !silenced ? (impairments.get(name) ?? qdisc) : null,
  };
}

function stateOf(ends: readonly EndState[]): WireState["state"] {
  if (ends.some(({ up }) => !up)) {
    return "down";
  }
  if (ends.some(({ silenced }) => silenced)) {
    return "silent";
  }
  return ends.some(({ impairment }) => impairment !== null) ? "impaired" : "up";
}
