import type { Command } from "./host.ts";
import { quoteForShell } from "./quote-for-shell.ts";

/** Formats the command as a person would type it, for messages. */
export function formatCommand(command: Command): string {
  return [command.file, ...command.args].map(quoteForShell).join(" ");
}
