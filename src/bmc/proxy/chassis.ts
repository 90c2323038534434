import { constants, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { type Chassis, chassisControl } from "../chassis-control.ts";
import type { ProxiedBmc } from "../proxy-config.ts";

/** Carries out the requests from a BMC's FIFOs. libexec/bmc-chassis is the other end. */
export function serveChassis(machines: Chassis, bmc: ProxiedBmc): void {
  // Open for both directions, a FIFO neither waits for its other end nor ends with it (fifo(7)).
  const both = constants.O_RDWR | constants.O_NONBLOCK;
  const request = openSync(bmc.request, both);
  const answer = openSync(bmc.answer, both);
  // As a socket it is polled; as a file, each read would occupy one of Node's few threads until data arrives.
  const input = new Socket({ fd: request, readable: true, writable: false });
  createInterface({ input }).on("line", async (line) => {
    const [id = "", ...words] = line.split(" ");
    const { exitCode, text } = await chassisControl(machines, bmc.node, words);
    writeAnswer(answer, `${id} ${exitCode} ${text.replaceAll("\n", " ")}\n`);
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
