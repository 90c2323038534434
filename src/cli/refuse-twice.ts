import { UsageError } from "../errors.ts";

/**
 * yargs makes a list of an option that is given twice, which no command expects.
 * @param words what was said, by option.
 * @param lists options that may be given several times.
 * @throws UsageError that names the option.
 */
export function refuseTwice(words: Readonly<Record<string, unknown>>, lists: readonly string[]): void {
  const several = [...lists, "_", "--"];
  const twice = Object.keys(words).find((name) => Array.isArray(words[name]) && !several.includes(name));
  if (twice !== undefined) {
    throw new UsageError(`${twice.length === 1 ? "-" : "--"}${twice} is given twice`);
  }
}
