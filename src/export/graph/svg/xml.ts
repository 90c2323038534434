import { escapeXml } from "../../../format/escape-xml.ts";

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Returns an XML element. Children must be XML already: convert text with `text` first. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? "" : ` ${key}="${escapeXml(formatValue(value))}"`))
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

export function text(content: string): string {
  return escapeXml(content);
}

function formatValue(value: string | number): string {
  return typeof value === "number" ? String(round(value)) : value;
}

/** Rounds to tenths of a pixel, which are finer than a screen and keep the output of equal pictures equal. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
