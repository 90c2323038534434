/**
 * The JSON documents in a text that has other things around and between them, such as FRR's answers to several
 * commands, where a daemon that is not there answers with a sentence. A document that breaks off is left out.
 */
export function jsonDocuments(text: string): readonly unknown[] {
  const documents: unknown[] = [];
  for (let start = nextStart(text, 0); start >= 0; ) {
    const end = endOf(text, start);
    const document = end < 0 ? undefined : parse(text.slice(start, end));
    if (document !== undefined) {
      documents.push(document);
    }
    start = nextStart(text, document === undefined ? start + 1 : end);
  }
  return documents;
}

/** Documents begin lines, which spares sentences with brackets in them. */
function nextStart(text: string, from: number): number {
  const match = /^\s*[[{]/m.exec(text.slice(from));
  return match === null ? -1 : from + match.index + match[0].length - 1;
}

/** Index behind the bracket that closes the one at `start`; negative where there is none. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (const match of text.slice(start).matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (match[0] === "{" || match[0] === "[") {
      depth++;
    } else if (match[0] === "}" || match[0] === "]") {
      depth--;
      if (depth === 0) {
        return start + match.index + 1;
      }
    }
  }
  return -1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
