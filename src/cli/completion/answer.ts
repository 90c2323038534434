import { localHost } from "../../system/local-host.ts";
import { type Candidate, type CompletedProgram, type Completion, completeLine } from "./complete.ts";
import type { ValueSource } from "./value-sources.ts";
import { valuesOf } from "./values.ts";

/** What the shell does besides offering the words: no blank after them; names of files or folders, too. */
type Directive = "nospace" | "files" | "folders";

const DIRECTIVES: Readonly<Partial<Record<ValueSource, readonly Directive[]>>> = {
  files: ["files"],
  folders: ["folders"],
  keys: ["nospace"],
  "node-paths": ["nospace", "files"],
  "vm-paths": ["nospace", "files"],
};

/** Sources of values that are lists, separated by commas. */
const LISTS: readonly ValueSource[] = ["node-list", "checks", "event-kinds"];

/**
 * Returns what the completion scripts in share/completion read: a line of directives, then a line for each word, with
 * its summary after a tab. What can't be looked up, as in a configuration with mistakes, is left out.
 * @param words after the program's name; the last one is unfinished, and may be empty.
 */
export async function answerShell(program: CompletedProgram, words: readonly string[]): Promise<string> {
  const completion = completeLine(program, words);
  const found = await valuesOf(localHost(), completion).catch(() => []);
  const directives = DIRECTIVES[completion.source] ?? [];
  return [directives.join(" "), ...fitting(completion, found)].join("\n");
}

function fitting(completion: Completion, found: readonly Candidate[]): readonly string[] {
  const { candidates, source, typed } = completion;
  const comma = LISTS.includes(source) ? typed.lastIndexOf(",") + 1 : 0;
  const prefix = `${completion.prefix}${typed.slice(0, comma)}`;
  return [...candidates, ...found]
    .filter(({ word }) => word.startsWith(typed.slice(comma)))
    .map(({ word, summary }) => `${prefix}${word}${summary === "" ? "" : `\t${summary.split("\n")[0]}`}`);
}
