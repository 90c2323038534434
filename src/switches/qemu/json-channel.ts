import type { Duplex } from "node:stream";
import { CommandError, TimeoutError } from "../../errors.ts";

/** Messages of one line of JSON each, both ways: what QMP and the guest agent speak. */
export interface JsonChannel {
  send(message: unknown): void;
  /** Send bytes as they are. */
  sendRaw(bytes: Uint8Array): void;
  /**
   * The next message received.
   * @throws TimeoutError when none comes in the conversation's time.
   * @throws CommandError when the other side has closed.
   */
  next(): Promise<unknown>;
  close(): void;
}

export interface ChannelOptions {
  /** What it is, for messages: `QMP on /run/…`. */
  readonly name: string;
  /** What silence means. */
  readonly silence: string;
  /** For the whole conversation, which ends at `deadline`, in ms since the epoch. */
  readonly timeoutMs: number;
  readonly deadline: number;
}

export function jsonChannel(socket: Duplex, options: ChannelOptions): JsonChannel {
  const { name, silence, timeoutMs, deadline } = options;
  const received: unknown[] = [];
  let partial = "";
  let ended: Error | undefined;
  let wake = () => {};

  socket.on("data", (chunk: Buffer) => {
    // Both speak ASCII, escaping the rest; Latin-1 keeps the agent's 0xff delimiter one character.
    const lines = (partial + chunk.toString("latin1")).split("\n");
    partial = lines.pop() ?? "";
    received.push(...lines.map(parseLine).filter((message) => message !== undefined));
    wake();
  });
  const end = (cause?: unknown) => {
    ended ??= new CommandError(name, undefined, "the connection was closed", cause);
    wake();
  };
  socket.on("error", end);
  socket.on("close", () => end());

  return {
    send: (message) => socket.write(`${JSON.stringify(message)}\n`),
    sendRaw: (bytes) => socket.write(bytes),
    next: async () => {
      while (received.length === 0) {
        if (ended !== undefined) {
          throw ended;
        }
        if (Date.now() >= deadline) {
          throw new TimeoutError(`an answer from ${name}`, timeoutMs, silence);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, deadline - Date.now());
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return received.shift();
    },
    close: () => socket.destroy(),
  };
}

/** Undefined for a line that is no message, such as what is left of an earlier client's conversation. */
function parseLine(line: string): unknown {
  try {
    // What comes before the delimiter belongs to nobody (guest-sync-delimited).
    return JSON.parse(line.slice(line.lastIndexOf("\xff") + 1));
  } catch {
    return undefined;
  }
}
