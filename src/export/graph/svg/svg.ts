import type { Fabric } from "../../../fabric/types.ts";
import { drawBoxes } from "./boxes.ts";
import { drawing } from "./drawing.ts";
import { layOut } from "./layout.ts";
import { drawLegend, drawTitle, legendItems } from "./legend.ts";
import { drawLinks } from "./links.ts";
import { drawFrames, drawSlots } from "./racks.ts";

/**
 * Renders the topology as a picture: host and internet router at the top, then spines, then racks with their leaves and
 * positions for servers. It needs no other file, follows the reader's light or dark scheme, and shows the names of
 * every link, port and switch as tooltips.
 */
export function renderSvg(fabric: Fabric): string {
  const layout = layOut(fabric);
  const legend = drawLegend(layout, legendItems(fabric));
  return drawing(fabric, layout.width, legend.bottom, [
    drawFrames(layout),
    drawLinks(fabric, layout),
    drawSlots(fabric, layout),
    drawBoxes(fabric, layout),
    drawTitle(fabric, layout),
    legend.drawing,
  ]);
}
