import type { Readable } from "node:stream";

export interface Limits {
  /** 0: none. */
  readonly timeoutMs: number;
  readonly timeoutSignal: NodeJS.Signals;
  /** To stdout, and to stderr. */
  readonly maxOutputBytes: number;
  readonly interrupted: AbortSignal | undefined;
}

export interface Limited {
  /** How it was ended; undefined where it ended by itself, or because of the interrupt. */
  readonly end: () => LimitedEnd | undefined;
  /** To be called when it has ended. */
  readonly release: () => void;
}

export interface LimitedEnd {
  readonly why: string;
  readonly timedOut: boolean;
}

/** A program that runs, as Node has it. */
export interface Running {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  kill(signal: NodeJS.Signals): boolean;
  once(event: "exit", listener: () => void): unknown;
}

/** For what is in its pipes already when it ends. */
const DRAIN_MS = 500;

/**
 * End a program that takes too long, writes too much, or is interrupted. What it has started in turn may keep its output
 * open for ever: once the program itself has ended, that is waited for no longer.
 */
export function limitProgram(program: Running, limits: Limits): Limited {
  const { timeoutMs, timeoutSignal, maxOutputBytes, interrupted } = limits;
  const timers: NodeJS.Timeout[] = [];
  let how: LimitedEnd | undefined;
  let isEnding = false;

  const closeSoon = () => {
    const close = () => {
      program.stdout?.destroy();
      program.stderr?.destroy();
    };
    timers.push(setTimeout(close, DRAIN_MS));
  };
  const end = (signal: NodeJS.Signals) => {
    isEnding = true;
    program.kill(signal);
    if (program.exitCode !== null || program.signalCode !== null) {
      closeSoon();
    }
  };
  const giveUp = (why: string, timedOut: boolean) => {
    if (how === undefined) {
      how = { why, timedOut };
      end(timedOut ? timeoutSignal : "SIGTERM");
    }
  };
  const interrupt = () => end("SIGTERM");
  program.once("exit", () => {
    if (isEnding) {
      closeSoon();
    }
  });
  for (const stream of [program.stdout, program.stderr]) {
    let bytes = 0;
    stream?.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutputBytes) {
        giveUp(`output exceeds ${maxOutputBytes} bytes`, false);
      }
    });
  }
  if (timeoutMs > 0) {
    timers.push(setTimeout(() => giveUp(`no answer within ${timeoutMs} ms`, true), timeoutMs));
  }
  interrupted?.addEventListener("abort", interrupt, { once: true });
  return {
    end: () => how,
    release: () => {
      timers.forEach(clearTimeout);
      interrupted?.removeEventListener("abort", interrupt);
    },
  };
}
