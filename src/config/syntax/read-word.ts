import { readArithmetic } from "./arithmetic.ts";
import { atLineEnd, type Cursor, peek, SyntaxProblem, startsWith, take, takeMatch } from "./cursor.ts";
import { readVariableName } from "./variable.ts";
import type { Piece, Word } from "./words.ts";

/** Characters with a meaning to the shell outside quotes: their effect, and the replacement to write. */
const SPECIAL: ReadonlyMap<string, string> = new Map([
  [";", "; is not supported, because this file is never executed; write one assignment per line"],
  ["&", "& is not supported, because this file is never executed"],
  ["|", "| is not supported, because this file is never executed"],
  ["<", "< is not supported, because this file is never executed"],
  [">", "> is not supported, because this file is never executed"],
  ["(", "( is not supported: no arrays, no subshells; separate list items by commas"],
  [")", "unmatched )"],
  ["`", "backticks are not supported, because this file is never executed; write the command's result"],
]);

/** Parses a value up to the first blank or line end outside quotes. */
export function readWord(cursor: Cursor): Word {
  const pieces: Piece[] = [];
  if (peek(cursor) === "~") {
    throw new SyntaxProblem("~ is not expanded; write the full path, or quote it");
  }
  while (!atLineEnd(cursor) && !/[ \t]/.test(peek(cursor))) {
    readPart(cursor, pieces);
  }
  return pieces;
}

function readPart(cursor: Cursor, pieces: Piece[]): void {
  const next = peek(cursor);
  const special = SPECIAL.get(next);
  if (special !== undefined) {
    throw new SyntaxProblem(next === "`" ? special : `${special}; a literal ${next} goes in quotes`);
  }
  if (next === "'") {
    readSingleQuoted(cursor, pieces);
  } else if (next === '"') {
    readDoubleQuoted(cursor, pieces);
  } else if (next === "\\") {
    readEscape(cursor, pieces, /./su);
  } else if (next === "$") {
    if (peek(cursor, 1) === "'" || peek(cursor, 1) === '"') {
      throw new SyntaxProblem("a dollar sign before a quote is not supported; remove it, or write \\$");
    }
    readDollar(cursor, pieces);
  } else {
    addText(pieces, takeMatch(cursor, /[^\s'"\\$;&|<>()`]+/y) || take(cursor));
  }
}

/** All characters up to the next single quote are literal. */
function readSingleQuoted(cursor: Cursor, pieces: Piece[]): void {
  take(cursor);
  addText(pieces, takeMatch(cursor, /[^'\n]+/y));
  if (peek(cursor) !== "'") {
    throw new SyntaxProblem(
      "the single quote ' is not closed on its line; a literal ' is written \\' or \"'\"",
    );
  }
  take(cursor);
}

/** Variables and arithmetic are expanded; blanks and other characters are literal. */
function readDoubleQuoted(cursor: Cursor, pieces: Piece[]): void {
  take(cursor);
  addText(pieces, "");
  for (;;) {
    if (atLineEnd(cursor)) {
      throw new SyntaxProblem('the double quote " is not closed on its line; a literal " is written \\"');
    }
    const next = peek(cursor);
    if (next === '"') {
      take(cursor);
      return;
    }
    if (next === "`") {
      throw new SyntaxProblem(`${SPECIAL.get(next)}; a literal \` goes in single quotes`);
    }
    if (next === "\\") {
      readEscape(cursor, pieces, /[$`"\\\n]/);
    } else if (next === "$") {
      readDollar(cursor, pieces);
    } else {
      addText(pieces, takeMatch(cursor, /[^\n"`\\$]+/y));
    }
  }
}

/** A backslash before a line break joins the lines; before a character that is not escapable it is literal. */
function readEscape(cursor: Cursor, pieces: Piece[], escapable: RegExp): void {
  const escaped = peek(cursor, 1);
  if (escaped === "") {
    throw new SyntaxProblem("the file ends with a backslash; remove it, or write \\\\ for a literal one");
  }
  const taken = take(cursor, 2);
  if (escaped !== "\n") {
    addText(pieces, escapable.test(escaped) ? escaped : taken);
  }
}

function readDollar(cursor: Cursor, pieces: Piece[]): void {
  if (startsWith(cursor, "$((")) {
    pieces.push({ kind: "arithmetic", expression: readArithmetic(cursor) });
    return;
  }
  const name = readVariableName(cursor);
  if (name === undefined) {
    addText(pieces, take(cursor));
  } else {
    pieces.push({ kind: "variable", name });
  }
}

/** Joins adjacent pieces of text, so that a word has one form regardless of its quoting. */
function addText(pieces: Piece[], text: string): void {
  const last = pieces.at(-1);
  if (last?.kind === "text") {
    pieces[pieces.length - 1] = { kind: "text", text: last.text + text };
  } else if (text !== "") {
    pieces.push({ kind: "text", text });
  }
}
