import type { Fabric, Rack } from "../../fabric/types.ts";
import { type Bundle, bundlesOf } from "./bundles.ts";
import { spineColour } from "./colours.ts";
import { escapeHtml, quote } from "./dot-text.ts";
import { labelEnd, labelLink, rangeOf } from "./labels.ts";

/** Returns a node for each rack, in order, and an edge from it to each spine. */
export function drawCollapsedRacks(fabric: Fabric): string[] {
  return [
    ...fabric.racks.map((rack) => `  ${rackNode(rack)}`),
    // Without it, dot orders the racks so that fewer edges cross.
    `  { rank=same; ${fabric.racks.map(nameOf).join(" -- ")} [style=invis] }`,
    ...bundlesOf(fabric).map((bundle) => `  ${bundleEdge(bundle)}`),
  ];
}

function rackNode(rack: Rack): string {
  const positions = rangeOf(rack.positions.map((position) => `U${position}`));
  const cells = [`rack ${rack.number}`, ...rack.leaves, positions].map(
    (cell) => `<td>${escapeHtml(cell)}</td>`,
  );
  const label = `<tr>${cells.join("")}</tr>`;
  const table = `<table border="0" cellborder="1" cellspacing="0" cellpadding="4" bgcolor="#f3f5f9">${label}</table>`;
  return `${nameOf(rack)} [shape=plain, label=<${table}>]`;
}

function bundleEdge({ rack, spine, links }: Bundle): string {
  const tooltip = links
    .flatMap((link) => [labelLink(link), ...link.interfaces.map(({ end }) => labelEnd(end))])
    .join("\n");
  return `${spine.name} -- ${nameOf(rack)} [tooltip=${quote(tooltip)}, color="${spineColour(spine.spineNumber)}"]`;
}

function nameOf(rack: Rack): string {
  return `rack${rack.number}`;
}
