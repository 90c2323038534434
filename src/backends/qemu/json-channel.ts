import type { Duplex } from "node:stream";
import { CommandError, TimeoutError } from "../../errors.ts";
import { lineBuffer } from "./line-buffer.ts";

/** Messages of one line of JSON each, both ways: what QMP and the guest agent speak. */
export interface JsonChannel {
  send(message: unknown): void;
  /** Send bytes as they are. */
  sendRaw(bytes: Uint8Array): void;
  /**
   * The next message received.
   * @throws TimeoutError when none comes in the conversation's time.
   * @throws CommandError when the other side has closed, or says too much at once.
   */
  next(): Promise<JsonMessage>;
  close(): void;
}

/** Whoever is at the other end may be compromised: what a message holds is to be looked at before it is used. */
export type JsonMessage = Readonly<Record<string, unknown>>;

export interface ChannelOptions {
  /** What it is, for messages: `QMP on /run/…`. */
  readonly name: string;
  /** What silence means. */
  readonly silence: string;
  /** For the whole conversation, which ends at `deadline`, in ms since the epoch. */
  readonly timeoutMs: number;
  readonly deadline: number;
  /** Of one message, and of all that wait to be read. */
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

/** Undefined for a line that is no message, such as what is left of an earlier client's conversation. */
function parseLine(line: Buffer): JsonMessage | undefined {
  try {
    // Both speak ASCII, escaping the rest. What comes before the delimiter belongs to nobody (guest-sync-delimited).
    const message: unknown = JSON.parse(line.toString("latin1", line.lastIndexOf(0xff) + 1));
    return typeof message === "object" && message !== null ? (message as JsonMessage) : undefined;
  } catch {
    return undefined;
  }
}

/** What the other side says is wrong: `{"class": …, "desc": …}`. Undefined where it says nothing of that kind. */
export function errorOf({ error }: JsonMessage): string | undefined {
  if (error === undefined) {
    return undefined;
  }
  const description = typeof error === "object" && error !== null && "desc" in error ? error.desc : error;
  return typeof description === "string" ? description : "an invalid error message";
}

/**
 * What a command returned, which is never nothing.
 * @throws CommandError where it is.
 */
export function returned({ return: value }: JsonMessage, command: string): unknown {
  if (value === undefined || value === null) {
    throw new CommandError(command, undefined, "empty answer");
  }
  return value;
}
