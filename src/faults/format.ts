import { formatTable } from "../format/table.ts";
import type { ActiveFaults } from "./active-faults.ts";
import type { EndState, LinkState } from "./link-state.ts";

/**
 * Returns a line for each active fault. Links that are blackholed only because a switch at their end is frozen have
 * none.
 */
export function faultLines({ links, frozen }: ActiveFaults): readonly string[] {
  return [
    ...frozen.map((node) => `fault: ${node} is frozen (ikvswitch node thaw ${node})`),
    ...links
      .filter((link) => !isBlackholedByFreeze(link, frozen))
      .map((link) => `fault: ${link.name} is ${describeState(link)} (ikvswitch link up ${link.bridge})`),
  ];
}

/** True for a link that is blackholed only because a switch at its end is frozen. */
export function isBlackholedByFreeze({ state, ends }: LinkState, frozen: readonly string[]): boolean {
  return (
    state === "blackholed" &&
    ends
      .filter(({ blackholed }) => blackholed)
      .every(({ planned: { end } }) => end.kind === "node" && frozen.includes(end.node))
  );
}

/** An injected fault is intended; a missing link is not. */
const TONES = {
  up: "good",
  down: "doubtful",
  blackholed: "doubtful",
  impaired: "doubtful",
  missing: "bad",
} as const;

/** Formats a table with a line for each link. */
export function formatLinks(links: readonly LinkState[]): string {
  return formatTable(
    ["LINK", "BRIDGE", "INTERFACES", "STATE"],
    links.map((link) => [
      link.name,
      link.bridge,
      link.ends.map((end) => end.interface).join(" "),
      { tone: TONES[link.state], value: describeState(link) },
    ]),
  );
}

/** Returns `up`, `down (injected)`, `blackholed` or `impaired: loss 1 %`, and the ends that are not connected. */
export function describeState(link: LinkState): string {
  switch (link.state) {
    case "down":
      return "down (injected)";
    case "impaired":
      return `impaired: ${describeImpairment(link)}`;
    case "up":
      return ["up", ...unpluggedNames(link)].join(", ");
    default:
      return link.state;
  }
}

/** Describes a link's state and its effect on an attached VM. */
export function explainState(link: LinkState): string {
  const line = `${link.name}: ${describeState(link)}`;
  const server = link.ends.find(({ planned }) => planned.end.kind === "server");
  return link.state === "down" && server !== undefined
    ? `${line}
The host interface ${server.interface} is down. A VM attached to it keeps carrier but loses all frames; ` +
        "to take its carrier away, run 'set_link NAME off' in QEMU's monitor."
    : line;
}

function describeImpairment({ ends }: LinkState): string {
  const impaired = ends.filter(({ impairment }) => impairment !== null);
  const [first] = impaired;
  const same = impaired.every(({ impairment }) => impairment === first?.impairment);
  return same && impaired.length > 1
    ? `${first?.impairment} each way`
    : impaired.map(({ name, impairment }) => `to ${name} ${impairment}`).join("; ");
}

function unpluggedNames({ ends }: LinkState): readonly string[] {
  return ends
    .filter(({ up, carrier }) => up && !carrier)
    .map(({ name, planned }) => `${planned.end.kind === "server" ? name : name.split(" ")[0]} not connected`);
}

/** A link's state as in the JSON output. */
export type LinkReport = Pick<LinkState, "name" | "bridge" | "state"> & {
  readonly ends: readonly Pick<
    EndState,
    "name" | "interface" | "up" | "carrier" | "blackholed" | "impairment"
  >[];
};

export function linkReport({ name, bridge, ends, state }: LinkState): LinkReport {
  return {
    name,
    bridge,
    state,
    ends: ends.map((end) => ({
      name: end.name,
      interface: end.interface,
      up: end.up,
      carrier: end.carrier,
      blackholed: end.blackholed,
      impairment: end.impairment,
    })),
  };
}
