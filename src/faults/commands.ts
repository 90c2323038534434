import { blackholeLine, removeQdiscLine } from "../host/device-commands.ts";
import { type Action, ipBatch, tcBatch } from "../host/model/actions.ts";
import { type Impairment, impairLine } from "./impairment.ts";
import type { LinkState, PortState } from "./link-state.ts";

/**
 * Takes the host's ends down: the other end of a veth loses its carrier. A virtual machine with an open tap does not;
 * see Machines.setCarrier.
 */
export function downActions(link: LinkState): readonly Action[] {
  return ipBatch(ports(link).map((port) => `link set dev ${port.interface} down`));
}

/** Drops all frames that would leave by either end, so both directions are blackholed; both ends keep carrier. */
export function blackholeActions(link: LinkState): readonly Action[] {
  return tcBatch(ports(link).map((port) => blackholeLine(port.interface)));
}

/** Each end impairs the frames that it sends to its node or server, so both directions are impaired equally. */
export function impairActions(link: LinkState, impairment: Impairment): readonly Action[] {
  return tcBatch(ports(link).map((port) => impairLine(port.interface, impairment)));
}

/**
 * Returns both ends to the plan: up and unimpaired.
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

/** Returns the ports that can have a fault. The host's end of its own link is the bridge, which stays up. */
function ports(link: LinkState): readonly PortState[] {
  return [...link.ends.filter(({ planned }) => planned.end.kind !== "host"), ...link.others];
}
