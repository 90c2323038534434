import type { Port } from "../../../fabric/types.ts";
import type { PlugPlace, Point } from "./layout.ts";
import { PORT } from "./measures.ts";
import { element, text } from "./xml.ts";

export interface Plug {
  readonly port: Port;
  readonly place: PlugPlace;
  /** The spine whose colour it has. */
  readonly spine: number | undefined;
}

/** Draws a square on a switch's edge for each port, with its number as on a faceplate. */
export function drawPlugs(plugs: readonly Plug[]): string {
  return plugs
    .map(({ port, place, spine }) =>
      element(
        "g",
        { class: spine === undefined ? "up" : `s${spine}` },
        element("title", {}, text(describePort(port))),
        ...drawSquare(place, String(port.number), place.width),
      ),
    )
    .join("");
}

/**
 * Draws one plate for ports that all lead to the same.
 * @param to what they lead to
 */
export function drawRangePlug(point: Point, ports: readonly Port[], to = "servers"): string {
  const [first] = ports;
  const last = ports.at(-1);
  if (first === undefined || last === undefined) {
    return "";
  }
  const label = first === last ? `${first.number}` : `${first.number}–${last.number}`;
  return element(
    "g",
    {},
    element("title", {}, text(`${first.name} to ${last.name}: ${to}`)),
    ...drawSquare(point, label, 8 + label.length * DIGIT),
  );
}

function describePort(port: Port): string {
  return [
    `port ${port.number}: ${port.name}`,
    port.mac,
    port.linkLocal,
    ...(port.address === null ? [] : [port.address]),
    `tap ${port.tap}`,
  ].join("\n");
}

/** Width of a digit in a port number. */
const DIGIT = 5.4;

/** Omits the number if it does not fit; the tooltip still has it. */
function drawSquare(point: Point, label: string, width: number): string[] {
  return [
    element("rect", {
      class: "plug",
      x: point.x - width / 2,
      y: point.y - PORT.height / 2,
      width,
      height: PORT.height,
      rx: 3,
    }),
    ...(width < label.length * DIGIT
      ? []
      : [element("text", { class: "number", x: point.x, y: point.y + 3.1 }, text(label))]),
  ];
}
