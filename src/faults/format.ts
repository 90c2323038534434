import { formatTable } from "../format/table.ts";
import type { FaultsInForce } from "./in-force.ts";
import type { WireState } from "./wire-state.ts";

/** A line for each active fault. Links that are blackholed only because a switch at their end is frozen have none. */
export function faultLines({ wires, frozen }: FaultsInForce): readonly string[] {
  return [
    ...frozen.map((node) => `fault: ${node} is frozen (ikvswitch node thaw ${node})`),
    ...wires
      .filter((wire) => !isSilentByFreeze(wire, frozen))
      .map((wire) => `fault: ${wire.name} is ${describeState(wire)} (ikvswitch link up ${wire.bridge})`),
  ];
}

function isSilentByFreeze({ state, ends }: WireState, frozen: readonly string[]): boolean {
  return (
    state === "silent" &&
    ends
      .filter(({ silenced }) => silenced)
      .every(({ planned: { end } }) => end.kind === "node" && frozen.includes(end.node))
  );
}

/** A fault is there on purpose; what is missing is not. */
const TONES = {
  up: "good",
  down: "doubtful",
  silent: "doubtful",
  impaired: "doubtful",
  missing: "bad",
} as const;

/** A table with a line for each link. */
export function formatWires(wires: readonly WireState[]): string {
  return formatTable(
    ["LINK", "BRIDGE", "INTERFACES", "STATE"],
    wires.map((wire) => [
      wire.name,
      wire.bridge,
      wire.ends.map((end) => end.interface).join(" "),
      { tone: TONES[wire.state], value: describeState(wire) },
    ]),
  );
}

/** `up`, `down (injected)`, `blackholed`, `impaired: loss 1 %`; and which ends are not connected. */
export function describeState(wire: WireState): string {
  switch (wire.state) {
    case "down":
      return "down (injected)";
    case "silent":
      return "blackholed";
    case "impaired":
      return `impaired: ${describeImpairment(wire)}`;
    case "up":
      return ["up", ...unpluggedNames(wire)].join(", ");
    default:
      return wire.state;
  }
}

/** A link's state and its effect on an attached VM. */
export function explainState(wire: WireState): string {
  const line = `${wire.name}: ${describeState(wire)}`;
  const server = wire.ends.find(({ planned }) => planned.end.kind === "server");
  return wire.state === "down" && server !== undefined
    ? `${line}
The host interface ${server.interface} is down. A VM attached to it keeps carrier but loses all frames; ` +
        "to take its carrier away, run 'set_link NAME off' in QEMU's monitor."
    : line;
}

function describeImpairment({ ends }: WireState): string {
  const impaired = ends.filter(({ impairment }) => impairment !== null);
  const [first] = impaired;
  const same = impaired.every(({ impairment }) => impairment === first?.impairment);
  return same && impaired.length > 1
    ? `${first?.impairment} each way`
    : impaired.map(({ name, impairment }) => `to ${name} ${impairment}`).join("; ");
}

function unpluggedNames({ ends }: WireState): readonly string[] {
  return ends
    .filter(({ up, carrier }) => up && !carrier)
    .map(({ name, planned }) => `${planned.end.kind === "server" ? name : name.split(" ")[0]} not connected`);
}

/** A link's state as JSON has it. */
export function wireReport({ name, bridge, ends, state }: WireState): unknown {
  return {
    name,
    bridge,
    state,
    ends: ends.map((end) => ({
      name: end.name,
      interface: end.interface,
      up: end.up,
      carrier: end.carrier,
      silenced: end.silenced,
      impairment: end.impairment,
    })),
  };
}
