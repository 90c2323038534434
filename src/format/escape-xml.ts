/**
 * Escapes text for an element or a quoted attribute. XML 1.0 cannot represent control characters but newline and tab, so
 * they are omitted.
 */
export function escapeXml(content: string): string {
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
