export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An XML element. Children are XML already: text goes through `text` first. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => (value === undefined ? "" : ` ${key}="${escapeXml(formatValue(value))}"`))
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

export function text(content: string): string {
  return escapeXml(content);
}

/** XML 1.0 has no way to write the other control characters, so they are left out. */
function escapeXml(content: string): string {
  return [...content]
    .filter((char) => char >= " " || char === "\n" || char === "\t")
    .map((char) => ENTITIES.get(char) ?? char)
    .join("");
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
]);

function formatValue(value: string | number): string {
  return typeof value === "number" ? String(round(value)) : value;
}

/** Tenths of a pixel are finer than a screen, and keep the same picture the same text. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
