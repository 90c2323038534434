/** Wraps a text into lines of at most `width` characters; a longer word gets a line of its own. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") {
      lines[lines.length - 1] = word;
    } else if (line.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${line} ${word}`;
    }
  }
  return lines;
}
