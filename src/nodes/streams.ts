import type { Readable } from "node:stream";
import { CommandError } from "../errors.ts";
import type { Command } from "../system/command.ts";
import { formatCommand } from "../system/format-command.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import { encodeFrame, type Frame } from "./frames.ts";

/** The terminal of a program in a switch. */
export interface ProgramTerminal {
  /** Its TERM: `xterm-256color`. */
  readonly type: string;
  /** Size in characters. */
  readonly size: () => { readonly rows: number; readonly columns: number };
  /** Calls the listener whenever the size has changed. */
  readonly onResize: (listener: () => void) => void;
}

/** The caller's ends of a program's standard streams. */
export interface ProgramStreams {
  /** null: the program's input is empty. */
  readonly input: Readable | null;
  /** Called with output as it comes; the program waits for a slow reader. */
  readonly output: (bytes: Uint8Array, to: "stdout" | "stderr") => Promise<void>;
  /** null: pipes instead of a terminal. */
  readonly terminal: ProgramTerminal | null;
  /** When aborted, the program gets SIGINT, and all that is left of it is killed a second later. */
  readonly interrupted: AbortSignal;
}

/** A channel to `run-inside` in a switch. */
export interface FrameChannel {
  send(frame: Uint8Array): void;
  /** The frames that come, until the channel's end. */
  readonly frames: AsyncIterable<Frame>;
  /** Gives the channel up. */
  close(): void;
}

/** Input that a program has not taken yet; the caller's input waits while there is more. */
const WINDOW_BYTES = 256 * 1024;
const INPUT_FRAME_BYTES = 32 * 1024;
/** Time for the end of a program after an interrupt: `run-inside` kills it within two seconds. */
const END_MS = 5_000;
const ALIVE_MS = 5_000;

/**
 * Returns the command that runs another one in a switch by `run-inside`, whose text is the beginning of its input.
 * @param channel "pipes", or a folder that `run-inside` makes in the switch.
 * @throws Error if our own program is missing.
 */
export async function runInside(
  host: Host,
  command: Command,
  { channel, terminal }: { readonly channel: string; readonly terminal: ProgramTerminal | null },
): Promise<Command> {
  const program = await host.readBytes(productPath("libexec/run-inside"));
  if (program === undefined) {
    throw new Error(`${productPath("libexec/run-inside")} is missing`);
  }
  const size = terminal?.size();
  const sizeWords = size === undefined ? "" : `${size.rows} ${size.columns}`;
  return {
    file: "/usr/bin/perl",
    args: ["-e", START, "--", `${program.length}`, channel, sizeWords, command.file, ...command.args],
    input: program,
    env: { ...command.env, ...(terminal && { TERM: terminal.type }) },
  };
}

/** Reads a program of that many bytes from standard input and becomes it: as an argument, each `ps` would show it. */
const START = [
  "my ($text, $length) = ('', shift);",
  "while (length $text < $length) {",
  "sysread(STDIN, $text, $length - length $text, length $text) or die qq(no program\\n);",
  "}",
  "eval $text; die $@ if $@;",
].join(" ");

/**
 * Carries the streams of a program until it ends.
 * @returns its exit code: 128 + n if signal n ended it.
 * @throws CommandError if its end is unknown, because the switch was restarted or the channel was closed.
 * @throws the reason of `interrupted`, once the program has ended.
 */
export async function carryStreams(
  command: Command,
  channel: FrameChannel,
  streams: ProgramStreams,
): Promise<number> {
  const { interrupted, terminal, output } = streams;
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    channel.send(encodeFrame("k"));
    timer = setTimeout(() => giveUp.abort(), END_MS);
  };
  const alive = setInterval(() => channel.send(encodeFrame("a")), ALIVE_MS);
  terminal?.onResize(() => channel.send(encodeFrame("w", sizeOf(terminal))));
  const input = carryInput(streams.input, channel);
  interrupted.addEventListener("abort", end, { once: true });
  if (interrupted.aborted) {
    end();
  }
  try {
    for await (const { letter, data } of until(channel.frames, giveUp.signal)) {
      if (letter === "o" || letter === "E") {
        await output(data, letter === "o" ? "stdout" : "stderr");
      } else if (letter === "c" && data.length === 4) {
        input.taken(data.readUInt32BE());
      } else if (letter === "x" && data.length === 1) {
        interrupted.throwIfAborted();
        return data.readUInt8();
      }
    }
  } finally {
    clearInterval(alive);
    clearTimeout(timer);
    interrupted.removeEventListener("abort", end);
    input.stop();
    channel.close();
  }
  interrupted.throwIfAborted();
  throw new CommandError(
    formatCommand(command),
    undefined,
    "result unknown: the switch was stopped meanwhile",
  );
}

/** The frames until the signal, which does not wait for the next one. */
async function* until(frames: AsyncIterable<Frame>, signal: AbortSignal): AsyncGenerator<Frame> {
  const iterator = frames[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next === undefined || next.done) {
      return;
    }
    yield next.value;
  }
}

interface CarriedInput {
  /** The program has taken that many more bytes. */
  taken(bytes: number): void;
  stop(): void;
}

function carryInput(input: Readable | null, channel: FrameChannel): CarriedInput {
  if (input === null) {
    channel.send(encodeFrame("e"));
    return { taken: () => {}, stop: () => {} };
  }
  let waiting = 0;
  const pass = (chunk: Buffer) => {
    for (let start = 0; start < chunk.length; start += INPUT_FRAME_BYTES) {
      channel.send(encodeFrame("i", chunk.subarray(start, start + INPUT_FRAME_BYTES)));
    }
    waiting += chunk.length;
    if (waiting > WINDOW_BYTES) {
      input.pause();
    }
  };
  const end = () => channel.send(encodeFrame("e"));
  input.on("data", pass);
  input.on("end", end);
  input.on("error", end);
  return {
    taken: (bytes) => {
      waiting -= bytes;
      if (waiting <= WINDOW_BYTES) {
        input.resume();
      }
    },
    stop: () => {
      input.off("data", pass);
      input.off("end", end);
      input.pause();
    },
  };
}

/** Returns rows and columns as two 16-bit numbers. */
function sizeOf(terminal: ProgramTerminal): Buffer {
  const { rows, columns } = terminal.size();
  const size = Buffer.alloc(4);
  size.writeUInt16BE(rows, 0);
  size.writeUInt16BE(columns, 2);
  return size;
}
