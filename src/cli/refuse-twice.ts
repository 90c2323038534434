import { UsageError } from "../errors.ts";

/**
 * Rejects an option that is given twice: yargs makes a list of its values, which no command expects.
 * @param words values by option.
 * @param lists options that may be given several times.
 * @throws UsageError that names the option.
 */
export function refuseTwice(words: Readonly<Record<string, unknown>>, lists: readonly string[]): void {
  // yargs adds a second name for an option with a hyphen: set-file and setFile.
  const camelCase = lists.map((name) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));
  const several = [...lists, ...camelCase, "_", "--"];
  const twice = Object.keys(words).find((name) => Array.isArray(words[name]) && !several.includes(name));
  if (twice !== undefined) {
    throw new UsageError(`${twice.length === 1 ? "-" : "--"}${twice} was given twice`);
  }
}
