import { parseJson } from "../../untrusted-json.ts";

/**
 * Returns the JSON documents in a text that has other text around and between them, such as FRR's answers to several
 * commands, where a sentence stands in for the answer of a daemon that does not run. A truncated document is skipped.
 *
 * The time is proportional to the text's length, whatever the text: a switch may send anything.
 */
export function jsonDocuments(text: string): readonly unknown[] {
  const documents: unknown[] = [];
  // Text that is not a document may contain one, so parsing continues inside it, within limits.
  let triesLeft = TRIES_IN_VAIN;
  let charactersLeft = TIMES_IN_VAIN * text.length;
  let from = 0;
  for (const { start, end } of bracketed(text)) {
    if (start >= from && triesLeft > 0) {
      const document = parseJson(text.slice(start, end));
      if (document !== undefined) {
        documents.push(document);
        from = end;
      } else {
        triesLeft -= 1;
        charactersLeft -= end - start;
        from = charactersLeft > 0 ? start + 1 : end;
      }
    }
  }
  return documents;
}

const TRIES_IN_VAIN = 1_000;
/** Limit on the characters parsed in vain, in lengths of the whole text. */
const TIMES_IN_VAIN = 4;

interface Part {
  readonly start: number;
  /** Index after the closing bracket. */
  readonly end: number;
}

/**
 * Returns the parts from each bracket that is the first in its line to its closing bracket, ordered by their start.
 * Documents begin at the start of a line, so sentences with brackets in them are skipped. JSON strings do not span
 * lines, so an unclosed one does not hide the lines that follow.
 */
function bracketed(text: string): readonly Part[] {
  const parts: Part[] = [];
  /** Start indexes of unclosed brackets; -1 for a bracket that is not the first in its line. */
  const open: number[] = [];
  let isFirst = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      open.push(isFirst ? at : -1);
    } else if (character === "}" || character === "]") {
      const start = open.pop() ?? -1;
      if (start >= 0) {
        parts.push({ start, end: at + 1 });
      }
    } else if (character === '"') {
      at = endOfString(text, at);
    }
    isFirst = character === "\n" || (isFirst && isBlank(character));
  }
  return parts.sort((one, other) => one.start - other.start);
}

/** Index of the quote that closes the one at `start`, or of the last character of its line. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      return at;
    }
    if (character === "\n") {
      return at - 1;
    }
    if (character === "\\" && text[at + 1] !== "\n") {
      at++;
    }
  }
  return text.length;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\r";
}
