import { UsageError } from "../errors.ts";

/**
 * Converts `500ms`, `60s` or `2m` to milliseconds; a plain number is in seconds. @throws UsageError naming the option
 */
export function parseDuration(option: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, "": 1000, m: 60_000, h: 3_600_000 }[unit];
  if (digits === "" || factor === undefined) {
    throw new UsageError(`invalid value of ${option}: "${text}" (examples: 500ms, 60s, 2m)`);
  }
  return Math.round(Number(digits) * factor);
}

/** Converts an option given in seconds to milliseconds. @throws UsageError naming the option */
export function secondsInMs(option: string, seconds: number): number {
  if (!(seconds >= 0)) {
    throw new UsageError(`invalid value of ${option}: not a number of seconds, such as 30`);
  }
  return Math.round(seconds * 1000);
}
