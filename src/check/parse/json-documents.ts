import { parseJson } from "../../untrusted-json.ts";

/**
 * The JSON documents in a text that has other things around and between them, such as FRR's answers to several
 * commands, where a daemon that is not there answers with a sentence. A document that breaks off is left out.
 *
 * Takes a time in proportion to the text's length, whatever is in it: a switch may say anything.
 */
export function jsonDocuments(text: string): readonly unknown[] {
  const documents: unknown[] = [];
  // Inside of what is no document there may be one, so it is tried on; but not for ever.
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
/** How often the whole text may be parsed in vain. */
const TIMES_IN_VAIN = 4;

interface Part {
  readonly start: number;
  /** Behind the closing bracket. */
  readonly end: number;
}

/**
 * From each bracket that is the first in its line to the one that closes it, in the order of their beginnings. Documents begin
 * lines, which spares sentences with brackets in them. No JSON string goes on in the next line, so that an unclosed one does
 * not hide what follows.
 */
function bracketed(text: string): readonly Part[] {
  const parts: Part[] = [];
  /** Indexes of those that are not closed yet; of those that are not the first in their line, -1. */
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
