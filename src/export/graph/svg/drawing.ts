import type { Fabric } from "../../../fabric/types.ts";
import { styleSheet } from "./style.ts";
import { element, text } from "./xml.ts";

/**
 * Returns an SVG document with its title, style sheet and ground.
 * @param parts in the order in which they cover each other
 */
export function drawing(fabric: Fabric, width: number, height: number, parts: readonly string[]): string {
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
    ...parts.map((part) => `${part}\n`),
  )}\n`;
}
