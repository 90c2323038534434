import { writeSync } from "node:fs";
import { openFifo, readLines } from "./fifo.ts";

/** Has root's agent do something to a VM. @throws Error with the reason if that fails. */
export type Agent = (action: string, vm: string, ...words: readonly string[]) => Promise<void>;

/** Longer than any command takes: `vm start` may wait for an `up` that boots nine switches. */
const TIMEOUT_MS = 15 * 60_000;

/** Connects to the agent, whose other end is libexec/bmc-agent. */
export function connectToAgent(fifos: { readonly request: string; readonly answer: string }): Agent {
  const request = openFifo(fifos.request);
  const waiting = new Map<string, (exitCode: string, text: string) => void>();
  // Answers to an earlier proxy have other numbers.
  let lastId = Date.now();
  readLines(fifos.answer, (line) => {
    const [, id = "", exitCode = "", text = ""] = /^(\d+) (\d+) ?(.*)$/.exec(line) ?? [];
    waiting.get(id)?.(exitCode, text);
  });
  return (action, vm, ...words) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = String(lastId);
      const end = (error?: Error) => {
        clearTimeout(timer);
        waiting.delete(id);
        error === undefined ? resolve() : reject(error);
      };
      const timer = setTimeout(() => end(new Error(`no answer about ${vm}`)), TIMEOUT_MS);
      waiting.set(id, (exitCode, text) => end(exitCode === "0" ? undefined : new Error(text)));
      try {
        // One line of at most PIPE_BUF, 4096 bytes, is written as a whole (pipe(7)).
        writeSync(request, `${[id, action, vm, ...words].join(" ")}\n`);
      } catch (error) {
        end(error instanceof Error ? error : new Error(String(error)));
      }
    });
}
