/** One word as a POSIX shell reads it back unchanged, whatever is in it: blanks, quotes, `$`, line breaks, nothing at all. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}

/** The line by which a POSIX shell runs just this program with just these arguments. */
export function shellLine([program = "", ...args]: readonly string[]): string {
  // A first word with `=` would set a variable.
  const first = program.includes("=") ? quoted(program) : quoteForShell(program);
  return [first, ...args.map(quoteForShell)].join(" ");
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
