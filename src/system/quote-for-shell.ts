/**
 * Quotes one word so that a POSIX shell reads it back unchanged, with any content: blanks, quotes, `$`, line breaks, or
 * none.
 */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}

/** Returns the line by which a POSIX shell runs exactly this program with exactly these arguments. */
export function shellLine([program = "", ...args]: readonly string[]): string {
  // A first word with `=` would set a variable.
  const first = program.includes("=") ? quoted(program) : quoteForShell(program);
  return [first, ...args.map(quoteForShell)].join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
