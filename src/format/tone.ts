/*
 * Reports are plain text. Two characters around a word mark its meaning. Unicode reserves them for a program's own use
 * (noncharacters): cli/output.ts turns them into colours on a terminal, and removes them elsewhere.
 */

/** State of a value: as it should be, not so, or not known. */
export type Tone = "good" | "bad" | "doubtful";

const BEGIN: Readonly<Record<Tone, string>> = { good: "\ufdd0", bad: "\ufdd1", doubtful: "\ufdd2" };
const END = "\ufdd3";
/** Matches a mark. */
export const toneMarks = /[\ufdd0-\ufdd3]/;
const TONED = /([\ufdd0-\ufdd2])([^\ufdd0-\ufdd3]*)\ufdd3/g;

/** Returns the text with a mark around each of its lines. */
export function toned(tone: Tone, text: string): string {
  return text.replaceAll(/[^\n]+/g, (line) => `${BEGIN[tone]}${withoutTones(line)}${END}`);
}

/** Replaces every marked part by the result of `paint`, and drops marks without a counterpart. */
export function paintTones(text: string, paint: (tone: Tone, part: string) => string): string {
  const painted = text.replaceAll(TONED, (_marked, begin: string, part: string) =>
    paint(toneOf(begin), part),
  );
  return painted.replaceAll(/[\ufdd0-\ufdd3]/g, "");
}

/** Returns the text without marks. */
export function withoutTones(text: string): string {
  return paintTones(text, (_tone, part) => part);
}

function toneOf(begin: string): Tone {
  return begin === BEGIN.good ? "good" : begin === BEGIN.bad ? "bad" : "doubtful";
}
