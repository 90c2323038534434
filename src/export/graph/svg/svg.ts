import type { Fabric } from "../../../fabric/types.ts";
import { drawBoxes } from "./boxes.ts";
import { layOut } from "./layout.ts";
import { drawLegend, drawTitle } from "./legend.ts";
import { drawLinks } from "./links.ts";
import { drawFrames, drawSlots } from "./racks.ts";
import { styleSheet } from "./style.ts";
import { element, text } from "./xml.ts";

/**
 * Renders the topology as a picture: host and internet router at the top, then spines, then racks with their leaves and
 * positions for servers. It needs no other file, follows the reader's light or dark scheme, and shows the names of
 * every link, port and switch as tooltips.
 */
export function renderSvg(fabric: Fabric): string {
  const layout = layOut(fabric);
  const legend = drawLegend(fabric, layout);
  const { width } = layout;
  const height = legend.bottom;
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${Math.round(height * 10) / 10}`,
      role: "img",
      "aria-labelledby": "fabric-title",
    },
    `\n${element("title", { id: "fabric-title" }, text(`Topology of ${fabric.domain}`))}\n`,
    `${element("style", {}, `\n${styleSheet()}\n`)}\n`,
    `${element("rect", { class: "ground", width, height })}\n`,
    `${drawFrames(layout)}\n`,
    `${drawLinks(fabric, layout)}\n`,
    `${drawSlots(fabric, layout)}\n`,
    `${drawBoxes(fabric, layout)}\n`,
    `${drawTitle(fabric, layout)}\n`,
    `${legend.drawing}\n`,
  )}\n`;
}
