import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import { escapeControls } from "../format/escape-controls.ts";
import { paintTones, type Tone } from "../format/tone.ts";
import { ExitCode } from "./exit-codes.ts";

/*
 * Only this file writes to the user's terminal, except for programs that take it over (ssh, a console, an editor).
 * Much of the text comes from switches and servers, whose control characters must not reach the terminal.
 */

/** Write a report to stdout, with a newline at its end; its tones are colours on a terminal. */
export function print(text: string): void {
  const { stdout } = process;
  const paint = hasColour(stdout) ? (tone: Tone, part: string) => styleText(COLOURS[tone], part) : plain;
  stdout.write(paintTones(escapeControls(endLine(text)), paint));
}

export function printJson(value: unknown): void {
  process.stdout.write(escapeControls(endLine(JSON.stringify(value, null, 2))));
}

/** Write a message to stderr, with a newline at its end. */
export function tell(text: string): void {
  write(process.stderr, endLine(text));
}

export function warn(text: string): void {
  tellInColour("doubtful", "Warning:", ` ${text}`);
}

/** Tell on stderr what went wrong: its first line says what, the others why and what to do. */
export function tellFailure(text: string): void {
  const [first = "", ...others] = text.split("\n");
  tellInColour("bad", first, ["", ...others].join("\n"));
}

function tellInColour(tone: Tone, head: string, rest: string): void {
  const { stderr } = process;
  const escaped = escapeControls(head);
  const shown = hasColour(stderr) ? styleText(COLOURS[tone], escaped) : escaped;
  stderr.write(`${shown}${escapeControls(endLine(rest))}`);
}

const COLOURS = { good: "green", bad: "red", doubtful: "yellow" } as const;

/** Not where the user wants none (no-color.org). Asked here because Node 20's styleText always colours. */
function hasColour(stream: WriteStream): boolean {
  return isScreen(stream) && !process.env.NO_COLOR;
}

/** A terminal that knows escape sequences, not a pipe or a file. */
function isScreen(stream: WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== "dumb";
}

function plain(_tone: Tone, part: string): string {
  return part;
}

/**
 * Write the output of a switch's program or log: unchanged to a file or a pipe, with control characters escaped to a
 * terminal.
 */
export function passOn(text: string, to: "stdout" | "stderr" = "stdout"): void {
  const stream = process[to];
  if (stream.isTTY) {
    write(stream, text);
  } else {
    stream.write(text);
  }
}

/** Whether a repeated report can overwrite the last one. */
export function canRedraw(): boolean {
  return isScreen(process.stdout);
}

/** Whether progress, which goes to stderr, can be a list that changes. */
export function canShowLive(): boolean {
  return isScreen(process.stderr);
}

/** Clear the terminal and write a report to stdout. */
export function redraw(text: string): void {
  process.stdout.write(CLEAR);
  print(text);
}

/** Cursor to the top left, erase all below (ECMA-48). */
const CLEAR = "\u001b[H\u001b[J";

function write(stream: WriteStream, text: string): void {
  stream.write(escapeControls(text));
}

function endLine(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * Exit when the reader of stdout closes it, as `head` does: commands print when their work is done, or for as long as
 * somebody reads. A closed stderr is ignored: progress needs no reader.
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
