import type { Readable } from "node:stream";

export interface Limits {
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly timeoutSignal: NodeJS.Signals;
  /** Limit for each of stdout and stderr. */
  readonly maxOutputBytes: number;
  readonly interrupted: AbortSignal | undefined;
}

export interface Limited {
  /** Returns how it was ended; undefined if it ended by itself, or because of the interrupt. */
  readonly end: () => LimitedEnd | undefined;
  /** Call it when the program has ended. */
  readonly release: () => void;
}

export interface LimitedEnd {
  readonly why: string;
  readonly timedOut: boolean;
}

/** A running program, as Node represents it. */
export interface Running {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  kill(signal: NodeJS.Signals): boolean;
  once(event: "exit", listener: () => void): unknown;
}

/** Time to read the output that is left in its pipes when it ends. */
const DRAIN_MS = 500;

/**
 * Ends a program that takes too long, writes too much, or is interrupted. Its children may keep its output open for
 * ever: once the program itself has ended, they are not waited for any longer.
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
