import type { Command } from "./host.ts";

/** The command as a person would type it, for messages. */
export function formatCommand(command: Command): string {
  return [command.file, ...command.args].map(quoteForShell).join(" ");
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
