const MAX_LENGTH = 60;

/** Text from the user, for a message: in quotes, on one line, shortened, with nothing a terminal would obey. */
export function quote(text: string): string {
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return `"${shown.replaceAll(UNPRINTABLE, escapeCharacter)}"`;
}

/**
 * Control, format and surrogate characters, and the line and paragraph separators: nothing that is seen. Besides,
 * what looks like a blank and is none: a no-break space, say, and letters that have no shape.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]|(?! )\p{Zs}/gu;

/** The first character that can't be seen or that broke in decoding, by its code point: `U+0007`. */
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
