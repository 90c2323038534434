import { nextWord } from "./words.ts";

/** Commands that pass the words after the switch's name, including options, to a program in the switch. */
const PASSING = ["ssh", "exec"];

/**
 * Inserts `--` after the switch's name of `ssh` and `exec`, so that `ikvswitch exec leaf1 ip -br address` needs none.
 * ikvswitch's own options go before the name.
 */
export function passWordsOn(words: readonly string[]): readonly string[] {
  const command = nextWord(words, 0);
  const node = nextWord(words, command + 1);
  if (!PASSING.includes(words[command] ?? "") || node >= words.length || words[node + 1] === "--") {
    return words;
  }
  return [...words.slice(0, node + 1), "--", ...words.slice(node + 1)];
}
