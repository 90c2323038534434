/** Lines of ours in a file of others, between two comments. */
export interface MarkedBlock {
  /** Names the lines in both comments: `ikvswitch`, or `ikvswitch lab`. */
  readonly mark: string;
  /** Without a newline at the end. */
  readonly lines: string;
  /** Where the block goes if the file has none yet. */
  readonly at: "start" | "end";
}

/**
 * Returns the text with the block, in the place of an earlier one with this mark. All else stays as it is.
 * @throws Error if one of the two comments is missing, or there is more than one block with this mark.
 */
export function withBlock(text: string, { mark, lines, at }: MarkedBlock): string {
  const block = `${first(mark)}\n${lines}\n${last(mark)}\n`;
  const found = findBlock(text, mark);
  if (found !== undefined) {
    return `${text.slice(0, found.start)}${found.isCut ? `\n${block.slice(0, -1)}` : block}${text.slice(found.end)}`;
  }
  if (at === "start") {
    return `${block}${text}`;
  }
  // A last line without a newline gets it back when the block, which then ends without one, is removed.
  return text === "" || text.endsWith("\n") ? `${text}${block}` : `${text}\n${block.slice(0, -1)}`;
}

/** Returns the text as it was before `withBlock`. Throws the same errors. */
export function withoutBlock(text: string, mark: string): string {
  const found = findBlock(text, mark);
  return found === undefined ? text : `${text.slice(0, found.start)}${text.slice(found.end)}`;
}

function first(mark: string): string {
  return `# BEGIN ${mark}`;
}

function last(mark: string): string {
  return `# END ${mark}`;
}

interface FoundBlock {
  readonly start: number;
  readonly end: number;
  /** True if the block's last line has no newline: then `start` is that of the newline before the block. */
  readonly isCut: boolean;
}

function findBlock(text: string, mark: string): FoundBlock | undefined {
  const starts = linesEqual(text, first(mark));
  const ends = linesEqual(text, last(mark));
  const [start] = starts;
  const [end] = ends;
  if (start === undefined && end === undefined) {
    return undefined;
  }
  if (start === undefined || end === undefined || starts.length > 1 || ends.length > 1 || end < start) {
    throw new Error(
      `the lines '${first(mark)}' and '${last(mark)}' are not a pair; delete them and what is between`,
    );
  }
  const after = end + last(mark).length;
  const isCut = after === text.length && start > 0;
  return isCut ? { start: start - 1, end: after, isCut } : { start, end: after + 1, isCut };
}

/** Offsets of the lines with exactly this text. */
function linesEqual(text: string, wanted: string): readonly number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    if (line === wanted) {
      offsets.push(offset);
    }
    offset += line.length + 1;
  }
  return offsets;
}
