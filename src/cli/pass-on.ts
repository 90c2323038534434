import { nextWord } from "./words.ts";

/** Commands that pass the words after the name of a switch or VM, including options, to a program in there. */
const PASSING = ["ssh", "exec"];
/** Groups that have such commands. */
const GROUPS = ["vm"];

/**
 * Inserts `--` after the name for `ssh` and `exec`, so that `ikvswitch exec leaf1 ip -br address` needs none.
 * ikvswitch's own options go before the name.
 */
export function passWordsOn(words: readonly string[]): readonly string[] {
  const first = nextWord(words, 0);
  const command = GROUPS.includes(words[first] ?? "") ? nextWord(words, first + 1) : first;
  const node = nextWord(words, command + 1);
  if (!PASSING.includes(words[command] ?? "") || node >= words.length || words[node + 1] === "--") {
    return words;
  }
  return [...words.slice(0, node + 1), "--", ...words.slice(node + 1)];
}
