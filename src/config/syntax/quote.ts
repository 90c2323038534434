const MAX_LENGTH = 60;

/** Quotes text from the user for a message: on one line, shortened, without control sequences for the terminal. */
export function quote(text: string): string {
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return `"${shown.replaceAll(UNPRINTABLE, escapeCharacter)}"`;
}

/**
 * Invisible characters: control, format and surrogate characters, and line and paragraph separators. Also characters
 * that look like a space but are none, such as a no-break space, and letters without a shape.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]|(?! )\p{Zs}/gu;

/** Returns the first character that is invisible or was not valid UTF-8, as its code point: `U+0007`. */
export function findUnprintable(text: string): string | undefined {
  const found = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u.exec(text)?.[0];
  return found === undefined ? undefined : codePoint(found);
}

function escapeCharacter(character: string): string {
  return `<${codePoint(character)}>`;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
