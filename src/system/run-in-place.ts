import { execa } from "execa";
import { CommandError } from "../errors.ts";
import { formatCommand } from "./format-command.ts";
import type { Command } from "./host.ts";

/** End of a program that ran in our place. */
export interface InPlaceEnd {
  readonly exitCode: number;
  /** What it wrote to descriptor 3. */
  readonly told: string;
}

/**
 * Runs a program in our place: on our terminal, with our environment, and with each signal that we get meanwhile;
 * of our SIGINT it is told by SIGUSR1.
 * @throws CommandError if it can't be started.
 */
export async function runInPlace(command: Command): Promise<InPlaceEnd> {
  const child = execa(command.file, [...command.args], {
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    reject: false,
    cleanup: false,
    ...(command.env === undefined ? {} : { env: command.env }),
  });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal === "SIGINT" ? INTERRUPTED : signal);
  for (const signal of SIGNALS) {
    process.on(signal, passOn);
  }
  const result = await child;
  for (const signal of SIGNALS) {
    process.off(signal, passOn);
  }
  if (result.exitCode === undefined && result.signal === undefined) {
    throw new CommandError(formatCommand(command), undefined, result.shortMessage ?? "");
  }
  return { exitCode: result.exitCode ?? 1, told: String(result.stdio[3] ?? "") };
}

/** The program can't tell a SIGINT of ours from that of the terminal, which it gets, too. */
const INTERRUPTED = "SIGUSR1";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
