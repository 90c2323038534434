import { removeQdiscLine, silenceLine } from "../host/device-commands.ts";
import { type Action, ipBatch, tcBatch } from "../host/model/actions.ts";
import { type Impairment, impairLine } from "./impairment.ts";
import type { PortState, WireState } from "./wire-state.ts";

/**
 * The host's ends go down: whoever is at the other end of a veth sees its carrier go. A machine that has a tap open
 * does not: see Machines.setCarrier.
 */
export function downActions(wire: WireState): readonly Action[] {
  return ipBatch(ports(wire).map((port) => `link set dev ${port.interface} down`));
}

/** What would leave by either end vanishes, so both directions are silent; carriers stay. */
export function silenceActions(wire: WireState): readonly Action[] {
  return tcBatch(ports(wire).map((port) => silenceLine(port.interface)));
}

/** Each end impairs what it sends on to whoever is plugged in, so both directions are as bad. */
export function impairActions(wire: WireState, impairment: Impairment): readonly Action[] {
  return tcBatch(ports(wire).map((port) => impairLine(port.interface, impairment)));
}

/**
 * As planned again: up and unimpaired.
 * @param frozen nodes whose ends stay silent: that belongs to being frozen.
 */
export function clearActions(wire: WireState, frozen: readonly string[]): readonly (readonly Action[])[] {
  const stays = new Set(
    wire.ends
      .filter(({ planned: { end } }) => end.kind === "node" && frozen.includes(end.node))
      .map((end) => end.interface),
  );
  const impaired = ports(wire).filter(({ silenced, impairment }) => silenced || impairment !== null);
  return [
    ipBatch(
      ports(wire)
        .filter(({ up }) => !up)
        .map((port) => `link set dev ${port.interface} up`),
    ),
    tcBatch(
      impaired
        .filter((port) => !(port.silenced && stays.has(port.interface)))
        .map((port) => removeQdiscLine(port.interface)),
    ),
  ];
}

/** Where a fault can be put: the host's own end of its wire is its bridge, and stays. */
function ports(wire: WireState): readonly PortState[] {
  return [...wire.ends.filter(({ planned }) => planned.end.kind !== "host"), ...wire.others];
}
