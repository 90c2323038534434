import type { Readable, Writable } from "node:stream";

/** The user's terminal, or streams in place of one. */
export interface Terminal {
  /** process.stdin, or a stream that is no terminal. */
  readonly input: Readable & { setRawMode?(raw: boolean): unknown };
  readonly output: Writable;
}
