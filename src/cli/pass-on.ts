import { nextWord, optionWords } from "./words.ts";

/** Commands that pass the words after the name of a switch or VM, including options, to a program in there. */
const PASSING = ["ssh", "exec"];
/** Those that pass all words after their own name. */
const PASSING_ALL = ["enter"];
/** Groups that have such commands. */
const GROUPS = ["vm"];

/** Options of `exec` that name switches instead of a word, with the number of words that they take. */
const SELECTING: Readonly<Record<string, number>> = { "--all": 1, "--role": 2 };

/**
 * Inserts `--` after the name for `ssh` and `exec`, and after `enter`, so that `ikvswitch exec leaf1 ip -br address`
 * needs none. ikvswitch's own options go before.
 */
export function passWordsOn(words: readonly string[]): readonly string[] {
  const first = nextWord(words, 0);
  const command = GROUPS.includes(words[first] ?? "") ? nextWord(words, first + 1) : first;
  const name = words[command] ?? "";
  if (PASSING_ALL.includes(name)) {
    return nextWord(words, command + 1) === command + 1 ? withDashes(words, command) : words;
  }
  const selected = command === first && name === "exec" ? afterSelection(words, command + 1) : undefined;
  if (selected !== undefined) {
    return selected < words.length ? withDashes(words, selected - 1) : words;
  }
  const node = nextWord(words, command + 1);
  return PASSING.includes(name) && node < words.length ? withDashes(words, node) : words;
}

/** Index of the first word after options that select switches; undefined if there are no such options. */
function afterSelection(words: readonly string[], from: number): number | undefined {
  let isSelected = false;
  let index = from;
  while (index < words.length && words[index]?.startsWith("-") && words[index] !== "--") {
    const word = words[index] ?? "";
    isSelected ||= word in SELECTING || word.startsWith("--role=");
    index += SELECTING[word] ?? optionWords(word);
  }
  return isSelected ? Math.min(index, words.length) : undefined;
}

function withDashes(words: readonly string[], after: number): readonly string[] {
  return words[after + 1] === "--" ? words : [...words.slice(0, after + 1), "--", ...words.slice(after + 1)];
}
