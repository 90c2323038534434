import { SPINE_COLOURS } from "../colours.ts";

/**
 * Returns the picture's style sheet. It uses no variables, which some programs that draw SVG lack. Programs that do not
 * support the dark scheme draw the light one.
 */
export function styleSheet(): string {
  const light = SPINE_COLOURS.map(({ light }, index) => spineRules(index + 1, light)).join("\n");
  const dark = SPINE_COLOURS.map(({ dark }, index) => spineRules(index + 1, dark)).join("\n");
  return `${BASE}\n${light}\n@media (prefers-color-scheme: dark) {\n${DARK}\n${dark}\n}`;
}

function spineRules(spine: number, colour: string): string {
  return `.s${spine} .line, .s${spine} .edge { stroke: ${colour}; } .s${spine} .plug { fill: ${colour}; }`;
}

const BASE = `
text { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 12px; fill: #1d2433; }
.ground { fill: #f6f7fa; }
.mono { font-family: ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
.middle { text-anchor: middle; } .end { text-anchor: end; }
.title { font-size: 28px; font-weight: 700; }
.name { font-size: 15px; font-weight: 700; }
.muted { fill: #5d6980; }
.small { font-size: 10.5px; }
.box { fill: #ffffff; stroke: none; }
.edge { fill: none; stroke: #4a5670; stroke-width: 1.6; }
.frame { fill: #e9ecf2; stroke: #ccd3df; stroke-width: 1; }
.slot { fill: #ffffff; stroke: #ccd3df; stroke-width: 1; }
.line { fill: none; stroke: #8b96ab; stroke-width: 1.1; }
.node-link .line { stroke-width: 1.8; }
.host-link .line { stroke: #4a5670; stroke-width: 1.8; }
.bmc-link .line { stroke-width: 1.4; stroke-dasharray: 4 3; }
.hit { fill: none; stroke: transparent; stroke-width: 9; pointer-events: stroke; }
.link:hover .line { stroke-width: 4; }
.plug { fill: #8b96ab; stroke: #ffffff; stroke-width: 1; }
.up .plug { fill: #4a5670; }
.number { font-size: 8.5px; fill: #ffffff; text-anchor: middle; }
.tag { font-size: 9.5px; fill: #4a5670; }`.trim();

const DARK = `
text { fill: #e7ebf3; }
.ground { fill: #10141c; }
.muted { fill: #9aa6bb; }
.box { fill: #1b2230; }
.edge { stroke: #aab4c6; }
.frame { fill: #161c27; stroke: #303b4e; }
.slot { fill: #1b2230; stroke: #303b4e; }
.line { stroke: #6b778d; }
.host-link .line { stroke: #aab4c6; }
.plug { fill: #6b778d; stroke: #10141c; }
.up .plug { fill: #aab4c6; }
.number { fill: #10141c; }
.tag { fill: #aab4c6; }`.trim();
