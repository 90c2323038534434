import type { Writable } from "node:stream";
import { escapeControls } from "../format/escape-controls.ts";
import { ExitCode } from "./exit-codes.ts";

/*
 * The only place that writes to the user's terminal, but for programs that are given it (ssh, a console, an editor).
 * Much of what is told comes from switches and servers, which must not get to say anything to the terminal itself.
 */

/** Write a report to stdout, with a newline at its end. */
export function print(text: string): void {
  write(process.stdout, endLine(text));
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Tell something on stderr, with a newline at its end. */
export function tell(text: string): void {
  write(process.stderr, endLine(text));
}

export function warn(text: string): void {
  tell(`Warning: ${text}`);
}

/**
 * Pass on what a switch's program or log said. It is none of our words: to a file or a program it goes as it is, and only a
 * terminal gets it escaped.
 */
export function passOn(text: string, to: "stdout" | "stderr" = "stdout"): void {
  const stream = process[to];
  if (stream.isTTY) {
    write(stream, text);
  } else {
    stream.write(text);
  }
}

/** Whether reports that are printed again and again can be drawn over each other. */
export function canRedraw(): boolean {
  return process.stdout.isTTY;
}

/** Write a report to stdout in place of all that the terminal shows. */
export function redraw(text: string): void {
  process.stdout.write(CLEAR);
  print(text);
}

/** Cursor to the top left, erase all below (ECMA-48). */
const CLEAR = "\u001b[H\u001b[J";

function write(stream: Writable, text: string): void {
  stream.write(escapeControls(text));
}

function endLine(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * End when whoever reads has read enough, as `head` does: nobody is left to tell. Commands print when their work is
 * done, or for as long as they are watched. What is told on the way needs no reader: the work goes on without.
 */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      tell(error.message);
      process.exit(ExitCode.failed);
    }
    process.exit();
  });
  process.stderr.on("error", () => {});
}
