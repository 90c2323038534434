import { blackholeLine, removeQdiscLine } from "../host/device-commands.ts";
import { type Action, ipBatch, tcBatch } from "../host/model/actions.ts";
import { type Impairment, impairLine } from "./impairment.ts";
import type { LinkState, PortState } from "./link-state.ts";

/**
 * The host's ends go down: whoever is at the other end of a veth sees its carrier go. A machine that has a tap open
 * does not: see Machines.setCarrier.
 */
export function downActions(link: LinkState): readonly Action[] {
  return ipBatch(ports(link).map((port) => `link set dev ${port.interface} down`));
}

/** What would leave by either end vanishes, so both directions are silent; carriers stay. */
export function blackholeActions(link: LinkState): readonly Action[] {
  return tcBatch(ports(link).map((port) => blackholeLine(port.interface)));
}

/** Each end impairs what it sends on to whoever is plugged in, so both directions are as bad. */
export function impairActions(link: LinkState, impairment: Impairment): readonly Action[] {
  return tcBatch(ports(link).map((port) => impairLine(port.interface, impairment)));
}

/**
 * As planned again: up and unimpaired.
 * @param frozen nodes whose ends stay blackholed, as part of being frozen.
 */
export function clearActions(link: LinkState, frozen: readonly string[]): readonly (readonly Action[])[] {
  const stays = new Set(
    link.ends
      .filter(({ planned: { end } }) => end.kind === "node" && frozen.includes(end.node))
      .map((end) => end.interface),
  );
  const impaired = ports(link).filter(({ blackholed, impairment }) => blackholed || impairment !== null);
  return [
    ipBatch(
      ports(link)
        .filter(({ up }) => !up)
        .map((port) => `link set dev ${port.interface} up`),
    ),
    tcBatch(
      impaired
        .filter((port) => !(port.blackholed && stays.has(port.interface)))
        .map((port) => removeQdiscLine(port.interface)),
    ),
  ];
}

/** Where a fault can be put: the host's own end of its link is its bridge, and stays. */
function ports(link: LinkState): readonly PortState[] {
  return [...link.ends.filter(({ planned }) => planned.end.kind !== "host"), ...link.others];
}
