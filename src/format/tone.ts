/*
 * Reports are plain text. What a word in them means is marked by two characters around it, which Unicode keeps for a
 * program's own use (noncharacters): cli/output.ts makes colours of them on a terminal, and nothing elsewhere.
 */

/** As it should be, not so, or not known to be so. */
export type Tone = "good" | "bad" | "doubtful";

const BEGIN: Readonly<Record<Tone, string>> = { good: "\ufdd0", bad: "\ufdd1", doubtful: "\ufdd2" };
const END = "\ufdd3";
const TONED = /([\ufdd0-\ufdd2])([^\ufdd0-\ufdd3]*)\ufdd3/g;

/** The text with a mark around each of its lines. */
export function toned(tone: Tone, text: string): string {
  return text.replaceAll(/[^\n]+/g, (line) => `${BEGIN[tone]}${withoutTones(line)}${END}`);
}

/** Replace every marked part by what `paint` makes of it, and drop marks that are no pair. */
export function paintTones(text: string, paint: (tone: Tone, part: string) => string): string {
  const painted = text.replaceAll(TONED, (_marked, begin: string, part: string) =>
    paint(toneOf(begin), part),
  );
  return painted.replaceAll(/[\ufdd0-\ufdd3]/g, "");
}

/** The text alone. */
export function withoutTones(text: string): string {
  return paintTones(text, (_tone, part) => part);
}

function toneOf(begin: string): Tone {
  return begin === BEGIN.good ? "good" : begin === BEGIN.bad ? "bad" : "doubtful";
}
