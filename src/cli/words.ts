/** Global options whose value is a separate word: they may come before the command. */
const WITH_VALUE = ["--name", "--config", "--set", "--set-file"];

/** Index of the first word at or after `from` that is neither an option nor an option's value; the length if none is. */
export function nextWord(words: readonly string[], from: number): number {
  let index = from;
  while (index < words.length && words[index]?.startsWith("-")) {
    index += optionWords(words[index] ?? "");
  }
  return Math.min(index, words.length);
}

/** Number of words that a global option takes. */
export function optionWords(option: string): number {
  return WITH_VALUE.includes(option) ? 2 : 1;
}
