/**
 * Returns the text with every character that controls a terminal written as `\u001b`: the output of switches, servers,
 * users of this host and programs is untrusted. Line breaks and tabs stay. In a JSON document the result means the
 * same.
 */
export function escapeControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(ACTING, escapeUnits);
}

/**
 * Controls (including ESC and C1), characters that are invisible or change the direction of writing, halves of
 * surrogate pairs, and separators of lines and paragraphs.
 */
const ACTING = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Escapes each half separately: JSON has no other form for characters beyond the first 65,536. */
function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
