/**
 * The text with every character that a terminal acts on, instead of showing it, written as `\u001b`: switches, servers,
 * users of this host and programs say what they like. Lines and tabs stay. In a JSON document the result means the same.
 */
export function escapeControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(ACTING, escapeUnits);
}

/**
 * Controls (ESC and the C1 ones among them), what changes the direction of writing or is not seen at all, halves of
 * surrogate pairs, and separators of lines and paragraphs.
 */
const ACTING = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** JSON has no other form for characters beyond the first 65,536 than the two halves. */
function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
