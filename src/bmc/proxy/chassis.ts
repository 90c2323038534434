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
      writeAnswer(answer, `${id} ${exitCode} ${text.replaceAll("\n", " ")}\n`);
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
function writeAnswer(fd: number, line: string): void {
  try {
    // Writes of at most PIPE_BUF, 4096 bytes, are atomic (pipe(7)).
    writeSync(fd, Buffer.from(line).subarray(0, 4096));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
      throw error;
    }
  }
}
