/** A place in the text that is being read. Moves forward only. */
export interface Cursor {
  readonly text: string;
  position: number;
  /** From 1. */
  line: number;
}

/** Why a statement can't be read. Caught by the reader of statements, which adds the line. */
export class SyntaxProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SyntaxProblem";
  }
}

/** Lines may end as on Windows, and the file may begin with a byte order mark: editors leave both behind. */
export function startCursor(text: string): Cursor {
  return { text: text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n"), position: 0, line: 1 };
}

/** The character ahead; empty at the end of the text. */
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

/** Moves past `count` characters and gives them. */
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

/** Moves past what a sticky (`y`) pattern matches here and gives it; empty where it does not match. */
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

/** What is left of this line, shortened for a message. */
export function restOfLine(cursor: Cursor): string {
  const end = cursor.text.indexOf("\n", cursor.position);
  return cursor.text.slice(cursor.position, end === -1 ? undefined : end);
}
