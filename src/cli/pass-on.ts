/** Commands whose words after the switch's name are somebody else's, dashes and all. */
const PASSING = ["ssh", "exec"];
const WITH_VALUE = ["--config", "--set"];

/**
 * Put `--` behind the switch's name of `ssh` and `exec`, so that `ikvswitch exec leaf1 ip -br address` needs none.
 * Our own options go before the name.
 */
export function passWordsOn(words: readonly string[]): readonly string[] {
  const command = nextWord(words, 0);
  const node = nextWord(words, command + 1);
  if (!PASSING.includes(words[command] ?? "") || node >= words.length || words[node + 1] === "--") {
    return words;
  }
  return [...words.slice(0, node + 1), "--", ...words.slice(node + 1)];
}

/** Index of the next word that is neither an option nor an option's value. */
function nextWord(words: readonly string[], from: number): number {
  let index = from;
  while (index < words.length && words[index]?.startsWith("-")) {
    index += WITH_VALUE.includes(words[index] ?? "") ? 2 : 1;
  }
  return index;
}
