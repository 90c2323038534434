/*
 * Messages on the WebSockets of terminals. What is typed and what is shown are binary messages; everything else is a
 * text message with one of these documents.
 */

/** The first message of the client, before which nothing is started. */
export interface OpenTerminal {
  readonly kind: "open";
  readonly rows: number;
  readonly columns: number;
  /** Program and arguments, without a shell; for `exec` only. Absent: vtysh. */
  readonly command?: readonly string[];
}

export interface ResizeTerminal {
  readonly kind: "resize";
  readonly rows: number;
  readonly columns: number;
}

export type FromTerminal = OpenTerminal | ResizeTerminal;

/** The last message of the server, after which it closes the socket. */
export interface TerminalEnd {
  readonly kind: "end";
  /** Of the program; null if it has none, as a serial console. */
  readonly exitCode: number | null;
  /** Why it ended, if not by itself. */
  readonly reason: string | null;
}

export const MAX_ROWS = 500;
export const MAX_COLUMNS = 1000;
const MAX_WORDS = 64;
const MAX_WORD_CHARACTERS = 4096;

/** Reads a text message of the client; undefined if it is none of these. */
export function parseFromTerminal(text: string): FromTerminal | undefined {
  const document = parsed(text);
  if (!isRecord(document)) {
    return undefined;
  }
  const { kind, rows, columns, command } = document;
  if (!isSize(rows, MAX_ROWS) || !isSize(columns, MAX_COLUMNS)) {
    return undefined;
  }
  if (kind === "resize") {
    return { kind, rows, columns };
  }
  if (kind !== "open" || !(command === undefined || isCommand(command))) {
    return undefined;
  }
  return { kind, rows, columns, ...(command === undefined ? {} : { command }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSize(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= max;
}

function isCommand(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_WORDS &&
    value.every(
      (word) => typeof word === "string" && word.length <= MAX_WORD_CHARACTERS && !word.includes("\0"),
    )
  );
}
