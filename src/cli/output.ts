import type { WriteStream } from "node:tty";
import { escapeControls } from "../format/escape-controls.ts";
import { foldTables } from "../format/fold.ts";
import { paintTones, type Tone } from "../format/tone.ts";
import { ExitCode } from "./exit-codes.ts";

/*
 * Only this file writes to the user's terminal, except for programs that take it over (ssh, a console, an editor).
 * Much of the text comes from switches and servers, whose control characters must not reach the terminal.
 */

/** Writes a report and a newline to stdout. On a terminal, its tones are colours, and tables fit the width. */
export function print(text: string): void {
  const { stdout } = process;
  const columns = stdout.isTTY ? terminalColumns() : undefined;
  stdout.write(painted(stdout, endLine(columns === undefined ? text : foldTables(text, columns))));
}

function painted(stream: WriteStream, text: string): string {
  const paint = hasColour(stream) ? (tone: Tone, part: string) => inColour(tone, part) : plain;
  return paintTones(escapeControls(text), paint);
}

export function printJson(value: unknown): void {
  process.stdout.write(escapeControls(endLine(JSON.stringify(value, null, 2))));
}

/** Writes a message and a newline to stderr. */
export function tell(text: string): void {
  write(process.stderr, endLine(text));
}

export function warn(text: string): void {
  tellInColour("doubtful", "Warning:", ` ${text}`);
}

/** Writes an error to stderr. Its first line, in colour, is the error; the others are reason and remedy. */
export function tellFailure(text: string): void {
  const [first = "", ...others] = text.split("\n");
  tellInColour("bad", first, ["", ...others].join("\n"));
}

function tellInColour(tone: Tone, head: string, rest: string): void {
  const { stderr } = process;
  const escaped = escapeControls(head);
  const shown = hasColour(stderr) ? inColour(tone, escaped) : escaped;
  stderr.write(`${shown}${escapeControls(endLine(rest))}`);
}

/** Foreground colours of ECMA-48: green, red, yellow. */
const COLOURS = { good: 32, bad: 31, doubtful: 33 } as const;

function inColour(tone: Tone, text: string): string {
  return `\u001b[${COLOURS[tone]}m${text}\u001b[39m`;
}

/** False if the user disables colours (no-color.org). */
function hasColour(stream: WriteStream): boolean {
  return isScreen(stream) && !process.env.NO_COLOR;
}

/** True for a terminal that interprets escape sequences, not for a pipe or a file. */
function isScreen(stream: WriteStream): boolean {
  return stream.isTTY && process.env.TERM !== "dumb";
}

function plain(_tone: Tone, part: string): string {
  return part;
}

/**
 * Writes the output of a switch's program or log: unchanged to a file or a pipe, with control characters escaped to a
 * terminal. Ends when it is written, or the reader has left.
 */
export function passOn(text: string, to: "stdout" | "stderr" = "stdout"): Promise<void> {
  const stream = process[to];
  return new Promise((resolve) => {
    stream.write(stream.isTTY ? escapeControls(text) : text, () => resolve());
  });
}

/**
 * Returns a function that writes output of a switch's program as it comes, in the same way, and waits for a slow
 * reader.
 * @param isRaw true if a terminal shall interpret it, as that of a program that has a terminal.
 */
export function passOnBytes(to: "stdout" | "stderr", isRaw: boolean): (bytes: Uint8Array) => Promise<void> {
  const stream = process[to];
  // A character's bytes may come in two pieces.
  const decoder = new TextDecoder();
  return (bytes) =>
    new Promise((resolve) => {
      const shown = stream.isTTY && !isRaw ? escapeControls(decoder.decode(bytes, { stream: true })) : bytes;
      // The write also ends if the reader has left.
      stream.write(shown, () => resolve());
    });
}

/** Reports whether a repeated report can overwrite the last one. */
export function canRedraw(): boolean {
  return isScreen(process.stdout);
}

/**
 * Reports whether progress, which goes to stderr, can be drawn again and again: on a terminal that tells its size. The
 * library that draws wants one for stdout, too.
 */
export function canShowLive(): boolean {
  const { stdout, stderr } = process;
  return isScreen(stderr) && stderr.columns > 0 && stderr.rows > 0 && stdout.isTTY;
}

/** Returns the width of the terminal, in characters; undefined for a pipe, and for a terminal that does not tell it. */
export function terminalColumns(): number | undefined {
  const { columns } = process.stdout;
  return columns > 0 ? columns : undefined;
}

/** Returns a text with tones as it is shown on stderr. */
export function paintForProgress(text: string): string {
  return painted(process.stderr, text);
}

/** Clears the terminal and writes a report to stdout. */
export function redraw(text: string): void {
  process.stdout.write(CLEAR);
  print(text);
}

/** Moves the cursor to the top left and erases everything below (ECMA-48). */
const CLEAR = "\u001b[H\u001b[J";

function write(stream: WriteStream, text: string): void {
  stream.write(escapeControls(text));
}

function endLine(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * Exits when the reader of stdout closes it, as `head` does: commands print once their work is done, or for as long as
 * there is a reader. A closed stderr is ignored, since progress needs no reader.
 */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      tell(error.message);
      process.exit(ExitCode.failed);
    }
    whenReaderLeft();
  });
  process.stderr.on("error", () => {});
}

let whenReaderLeft: () => void = () => process.exit();

/** For commands that have to end something first: calls that function instead of exiting. */
export function onReaderLeft(work: () => void): void {
  whenReaderLeft = work;
}
