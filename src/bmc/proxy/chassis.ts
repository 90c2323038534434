import { closeSync, writeSync } from "node:fs";
import { chassisControl } from "../chassis-control.ts";
import type { BootOverride, Controlled } from "../model/control.ts";
import type { ProxiedBmc } from "../proxy-config.ts";
import { openFifo, readLines } from "./fifo.ts";

/**
 * Carries out the requests from a BMC's FIFOs until the signal is aborted. libexec/bmc-chassis is the other end.
 * @param bootDuration returns how long the boot device is to be used that a client has just set.
 */
export function serveChassis(
  machine: Controlled,
  bmc: ProxiedBmc,
  {
    signal,
    bootDuration,
  }: { readonly signal: AbortSignal; readonly bootDuration: () => BootOverride["until"] },
): void {
  const answer = openFifo(bmc.answer);
  const requests = readLines(bmc.request, async (line) => {
    const [id = "", ...words] = line.split(" ");
    const { exitCode, text } = await chassisControl(machine, words, bootDuration());
    if (!signal.aborted) {
      writeAnswer(answer, answerLine(id, exitCode, text));
    }
  });
  signal.addEventListener("abort", () => {
    requests.close();
    closeSync(answer);
  });
}

/**
 * Writes an answer. A FIFO full of unread answers accepts no more; this answer has no reader either, and is dropped.
 */
function writeAnswer(fd: number, line: Buffer): void {
  try {
    writeSync(fd, line);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
      throw error;
    }
  }
}

/** Writes of at most this are atomic (pipe(7)). */
const PIPE_BUF = 4096;

/** Returns an answer as one line of at most `PIPE_BUF` bytes, whatever its text is. */
export function answerLine(id: string, exitCode: number, text: string): Buffer {
  const line = Buffer.from(`${id} ${exitCode} ${text.replaceAll("\n", " ")}`).subarray(0, PIPE_BUF - 1);
  return Buffer.concat([line, Buffer.from("\n")]);
}
