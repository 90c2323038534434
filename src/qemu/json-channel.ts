import type { Duplex } from "node:stream";
import { CommandError, TimeoutError } from "../errors.ts";
import { lineBuffer } from "./line-buffer.ts";

/** A channel of one-line JSON messages in both directions, as QMP and the guest agent use it. */
export interface JsonChannel {
  send(message: unknown): void;
  /** Sends bytes unchanged. */
  sendRaw(bytes: Uint8Array): void;
  /**
   * Returns the next message received.
   * @throws TimeoutError if none arrives within the conversation's time.
   * @throws CommandError if the other side has closed the connection, or its messages exceed the limit.
   */
  next(): Promise<JsonMessage>;
  close(): void;
}

/** A received message. The sender may be compromised: validate every field before use. */
export type JsonMessage = Readonly<Record<string, unknown>>;

export interface ChannelOptions {
  /** The channel's name for messages: `QMP on /run/…`. */
  readonly name: string;
  /** Explanation for a timeout, if no message arrives. */
  readonly silence: string;
  /** Limit for the whole conversation, which ends at `deadline`, in ms since the epoch. */
  readonly timeoutMs: number;
  readonly deadline: number;
  /** Limit for one message, and for all unread messages together. */
  readonly maxBytes: number;
}

export function jsonChannel(socket: Duplex, options: ChannelOptions): JsonChannel {
  const { name, silence, timeoutMs, deadline, maxBytes } = options;
  const lines = lineBuffer();
  let ended: Error | undefined;
  let wake = () => {};

  const end = (error: Error) => {
    ended ??= error;
    wake();
  };
  const closed = (cause?: unknown) =>
    end(new CommandError(name, undefined, "the connection was closed", cause));
  socket.on("data", (chunk: Buffer) => {
    if (lines.waitingBytes + chunk.length > maxBytes) {
      end(new CommandError(name, undefined, `message exceeds ${maxBytes} bytes`));
      socket.destroy();
      return;
    }
    if (lines.push(chunk)) {
      wake();
    }
  });
  socket.on("error", closed);
  socket.on("close", () => closed());

  return {
    send: (message) => socket.write(`${JSON.stringify(message)}\n`),
    sendRaw: (bytes) => socket.write(bytes),
    next: async () => {
      for (;;) {
        if (Date.now() >= deadline) {
          throw new TimeoutError(`an answer from ${name}`, timeoutMs, silence);
        }
        const line = lines.take();
        if (line !== undefined) {
          const message = parseLine(line);
          if (message !== undefined) {
            return message;
          }
        } else if (ended !== undefined) {
          throw ended;
        } else {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, deadline - Date.now());
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
      }
    },
    close: () => socket.destroy(),
  };
}

/** Parses a line; undefined if it is no message, such as the rest of an earlier client's conversation. */
function parseLine(line: Buffer): JsonMessage | undefined {
  try {
    // Both protocols send ASCII and escape the rest. Bytes before the delimiter 0xff are remains to be skipped
    // (guest-sync-delimited).
    const message: unknown = JSON.parse(line.toString("latin1", line.lastIndexOf(0xff) + 1));
    return typeof message === "object" && message !== null ? (message as JsonMessage) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the error that the other side reports as `{"class": …, "desc": …}`; undefined if it reports none. */
export function errorOf({ error }: JsonMessage): string | undefined {
  if (error === undefined) {
    return undefined;
  }
  const description = typeof error === "object" && error !== null && "desc" in error ? error.desc : error;
  return typeof description === "string" ? description : "an invalid error message";
}

/**
 * Returns a command's result, which is never empty.
 * @throws CommandError if it is.
 */
export function returned({ return: value }: JsonMessage, command: string): unknown {
  if (value === undefined || value === null) {
    throw new CommandError(command, undefined, "empty answer");
  }
  return value;
}
