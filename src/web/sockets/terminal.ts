import { PassThrough } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { ProgramTerminal } from "../../nodes/streams.ts";
import {
  type FromTerminal,
  type OpenTerminal,
  parseFromTerminal,
  type TerminalEnd,
} from "../model/terminal.ts";
import type { SocketCall } from "./call.ts";
import { send } from "./send.ts";

/** What a terminal shows, and what is typed into it. */
export interface TerminalStreams {
  readonly input: PassThrough;
  /** Resolves when the reader can take more; the reader that takes nothing is cut off. */
  readonly output: (bytes: Uint8Array) => Promise<void>;
  readonly terminal: ProgramTerminal;
  readonly ended: AbortSignal;
}

/** Runs what the terminal is for. Returns its exit code; null if it has none. */
export type TerminalProgram = (
  call: SocketCall,
  open: OpenTerminal,
  streams: TerminalStreams,
) => Promise<number | null>;

/** A client that opens a terminal says so at once. */
const OPEN_TIMEOUT_MS = 10_000;
/** Input that is not taken yet; the socket is not read while there is more. */
const MAX_INPUT_BYTES = 256 * 1024;

/** Serves a terminal until its program ends or its client leaves. */
export async function serveTerminal(
  socket: WebSocket,
  call: SocketCall,
  program: TerminalProgram,
): Promise<void> {
  const left = new AbortController();
  const input = new PassThrough({ highWaterMark: MAX_INPUT_BYTES });
  const listeners: (() => void)[] = [];
  let size = { rows: 24, columns: 80 };
  const opened = new Promise<OpenTerminal | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), OPEN_TIMEOUT_MS);
    let isOpen = false;
    call.ended.addEventListener("abort", () => resolve(undefined), { once: true });
    socket.on("close", () => {
      clearTimeout(timer);
      left.abort();
      resolve(undefined);
    });
    socket.on("message", (data, isBinary) => {
      const message = isBinary ? undefined : parseFromTerminal(String(data));
      if ((isBinary && !isOpen) || (!isBinary && !isNext(message, isOpen))) {
        socket.close(PROTOCOL_ERROR, "unexpected message");
      } else if (message === undefined) {
        pass(socket, input, data);
      } else {
        size = { rows: message.rows, columns: message.columns };
        if (message.kind === "open") {
          isOpen = true;
          clearTimeout(timer);
          resolve(message);
        }
        for (const listener of listeners) {
          listener();
        }
      }
    });
  });
  const open = await opened;
  if (open === undefined) {
    socket.close(PROTOCOL_ERROR, "no open message");
    return;
  }
  const streams: TerminalStreams = {
    input,
    output: (bytes) => send(socket, bytes),
    terminal: { type: "xterm-256color", size: () => size, onResize: (listener) => listeners.push(listener) },
    ended: AbortSignal.any([left.signal, call.ended]),
  };
  await send(socket, JSON.stringify(await outcome(call, () => program(call, open, streams))));
  // A socket that is not read would not see its client close it.
  socket.resume();
  socket.close(NORMAL);
}

const NORMAL = 1000;
const PROTOCOL_ERROR = 1008;

function isNext(message: FromTerminal | undefined, isOpen: boolean): boolean {
  return message !== undefined && (message.kind === "open") !== isOpen;
}

function pass(socket: WebSocket, input: PassThrough, data: RawData): void {
  if (!input.write(data) && !socket.isPaused) {
    socket.pause();
    input.once("drain", () => socket.resume());
  }
}

async function outcome({ describe }: SocketCall, run: () => Promise<number | null>): Promise<TerminalEnd> {
  try {
    return { kind: "end", exitCode: await run(), reason: null };
  } catch (error) {
    return { kind: "end", exitCode: null, reason: describe(error) };
  }
}
