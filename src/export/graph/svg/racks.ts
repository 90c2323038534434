import type { Fabric, Link } from "../../../fabric/types.ts";
import { type Box, bottom, type Layout, type RackLayout } from "./layout.ts";
import { element, text } from "./xml.ts";

/** Draws the racks' frames, below everything else. */
export function drawFrames(layout: Layout): string {
  return layout.racks
    .map(({ rack, frame }) =>
      element(
        "g",
        { class: "rack" },
        element("rect", { class: "frame", ...frame, rx: 14 }),
        element(
          "text",
          { class: "middle name muted", x: frame.x + frame.width / 2, y: bottom(frame) - 11 },
          text(`rack ${rack.number}`),
        ),
      ),
    )
    .join("\n");
}

/** Draws a slot for every position, with the names of the taps for a server. */
export function drawSlots(fabric: Fabric, layout: Layout): string {
  const taps = tapNames(fabric.links);
  return layout.racks.flatMap((rack) => drawRackSlots(rack, taps, layout.measures.tapFontSize)).join("\n");
}

function drawRackSlots(
  { rack, slots }: RackLayout,
  taps: ReadonlyMap<string, string>,
  fontSize: number,
): string[] {
  return [...slots].map(([position, box]) => {
    const tap = (nic: 1 | 2) => taps.get(tapKey(rack.number, position, nic)) ?? "";
    const baseline = box.y + box.height / 2 + fontSize * 0.36;
    const style = `font-size:${fontSize}px`;
    return element(
      "g",
      { class: "server" },
      element("title", {}, text(`rack ${rack.number} U${position}\nNIC 1: ${tap(1)}\nNIC 2: ${tap(2)}`)),
      element("rect", { class: "slot", ...box, rx: 5 }),
      ...[box.x, box.x + box.width].map((cx) =>
        element("circle", { class: "plug", cx, cy: box.y + box.height / 2, r: 3.4 }),
      ),
      element("text", { class: "mono muted", style, x: box.x + 8, y: baseline }, text(tap(1))),
      element("text", { class: "middle", style, x: middle(box), y: baseline }, text(`U${position}`)),
      element(
        "text",
        { class: "mono muted end", style, x: box.x + box.width - 8, y: baseline },
        text(tap(2)),
      ),
    );
  });
}

function middle(box: Box): number {
  return box.x + box.width / 2;
}

function tapNames(links: readonly Link[]): Map<string, string> {
  return new Map(
    links.flatMap((link) =>
      link.interfaces.flatMap(({ name, end }): [string, string][] =>
        end.kind === "server" ? [[tapKey(end.rack, end.position, end.nic), name]] : [],
      ),
    ),
  );
}

function tapKey(rack: number, position: number, nic: 1 | 2): string {
  return `${rack}-${position}-${nic}`;
}
