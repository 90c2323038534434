/** A position in the text being parsed. Moves forward only. */
export interface Cursor {
  readonly text: string;
  position: number;
  /** Line number, from 1. */
  line: number;
}

/** The reason why a statement can't be parsed. The parser of statements catches it and adds the line. */
export class SyntaxProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SyntaxProblem";
  }
}

/** Accepts Windows line endings and a byte order mark, which some editors write. */
export function startCursor(text: string): Cursor {
  return { text: text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"), position: 0, line: 1 };
}

/** Returns the character ahead; empty at the end of the text. */
export function peek(cursor: Cursor, offset = 0): string {
  return cursor.text.charAt(cursor.position + offset);
}

export function startsWith(cursor: Cursor, text: string): boolean {
  return cursor.text.startsWith(text, cursor.position);
}

export function atLineEnd(cursor: Cursor): boolean {
  const next = peek(cursor);
  return next === "" || next === "\n";
}

/** Moves past `count` characters and returns them. */
export function take(cursor: Cursor, count = 1): string {
  const taken = cursor.text.slice(cursor.position, cursor.position + count);
  for (const character of taken) {
    if (character === "\n") {
      cursor.line += 1;
    }
  }
  cursor.position += taken.length;
  return taken;
}

/** Moves past the match of a sticky (`y`) pattern and returns it; empty if it does not match here. */
export function takeMatch(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.position;
  const match = pattern.exec(cursor.text);
  return match === null ? "" : take(cursor, match[0].length);
}

export function skipBlanks(cursor: Cursor): void {
  takeMatch(cursor, /[ \t]+/y);
}

/** Moves to the end of this line, before the line break. */
export function skipToLineEnd(cursor: Cursor): void {
  takeMatch(cursor, /[^\n]+/y);
}

/** Returns the rest of this line, shortened for a message. */
export function restOfLine(cursor: Cursor): string {
  const end = cursor.text.indexOf("\n", cursor.position);
  return cursor.text.slice(cursor.position, end === -1 ? undefined : end);
}
