import type { ConfigProblem } from "../errors.ts";
import {
  atLineEnd,
  type Cursor,
  peek,
  restOfLine,
  SyntaxProblem,
  skipBlanks,
  skipToLineEnd,
  startCursor,
  take,
  takeMatch,
} from "./syntax/cursor.ts";
import { quote } from "./syntax/quote.ts";
import { readWord } from "./syntax/read-word.ts";
import type { Assignment, Word } from "./syntax/words.ts";

export interface ParsedText {
  /** In the order of the file. A key may come more than once. */
  readonly assignments: readonly Assignment[];
  readonly problems: readonly ConfigProblem[];
}

/**
 * Parses the text of a configuration file: `KEY=VALUE` lines in a shell's syntax, comments and blank lines. Anything
 * that a shell would run is a problem with its line; parsing continues at the next line.
 *
 * @param file name of the file, for problems
 */
export function parseConfigText(text: string, file: string): ParsedText {
  const assignments: Assignment[] = [];
  const problems: ConfigProblem[] = [];
  const cursor = startCursor(text);
  while (peek(cursor) !== "") {
    skipBlanks(cursor);
    const line = cursor.line;
    let key: string | undefined;
    try {
      if (!atLineEnd(cursor) && peek(cursor) !== "#") {
        key = readKey(cursor);
        assignments.push({ line, key, word: readValue(cursor) });
      }
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) {
        throw error;
      }
      problems.push({ file, line, ...(key === undefined ? {} : { key }), message: error.message });
    }
    skipToLineEnd(cursor);
    take(cursor);
  }
  return { assignments, problems };
}

/** Parses one value, such as a default. @throws SyntaxProblem */
export function parseWord(text: string): Word {
  return readValue(startCursor(text));
}

/** Parses `KEY=`, also after `export`. */
function readKey(cursor: Cursor): string {
  const exported = takeMatch(cursor, /export[ \t]+/y);
  const statement = restOfLine(cursor);
  const key = takeMatch(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (key !== "" && peek(cursor) === "=") {
    take(cursor);
    return key;
  }
  if (/^[ \t]*[=:]/.test(restOfLine(cursor)) && key !== "") {
    throw new SyntaxProblem(`write ${key}=VALUE, with = right after the key and the value right after =`);
  }
  if (key !== "" && /^(\+=|\[)/.test(restOfLine(cursor))) {
    throw new SyntaxProblem(`appending to ${key} is not supported; write the whole value: ${key}=VALUE`);
  }
  throw new SyntaxProblem(
    `${quote(exported + statement)} is not KEY=VALUE; this file is never executed; comments begin with #`,
  );
}

function readValue(cursor: Cursor): Word {
  const word = readWord(cursor);
  const blanks = takeMatch(cursor, /[ \t]+/y);
  if (atLineEnd(cursor) || (peek(cursor) === "#" && blanks !== "")) {
    return word;
  }
  throw new SyntaxProblem(
    word.length === 0
      ? "blank after =; write the value right after it"
      : // The rest of the line may contain part of a password, so it is not shown.
        "text after the value; quote a value with blanks, and begin a comment with #",
  );
}
