import { constants, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { type Chassis, chassisControl } from "../chassis-control.ts";
import type { ProxiedBmc } from "../proxy-config.ts";

/** Do what comes through a BMC's FIFOs; see libexec/bmc-chassis for the other end. */
export function serveChassis(machines: Chassis, bmc: ProxiedBmc): void {
  // Open for both directions, a FIFO neither waits for its other end nor ends with it (fifo(7)).
  const both = constants.O_RDWR | constants.O_NONBLOCK;
  const request = openSync(bmc.request, both);
  const answer = openSync(bmc.answer, both);
  // As a socket, it is polled; as a file, each read would hold one of Node's few threads until something comes.
  const input = new Socket({ fd: request, readable: true, writable: false });
  createInterface({ input }).on("line", async (line) => {
    const [id = "", ...words] = line.split(" ");
    const { exitCode, text } = await chassisControl(machines, bmc.node, words);
    writeAnswer(answer, `${id} ${exitCode} ${text.replaceAll("\n", " ")}\n`);
  });
}

/** A FIFO that is full of answers that nobody waited for takes no more, and nobody waits for this one either. */
function writeAnswer(fd: number, line: string): void {
  try {
    // The kernel does not mix what is shorter than PIPE_BUF, 4096 bytes, with anything else (pipe(7)).
    writeSync(fd, Buffer.from(line).subarray(0, 4096));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
      throw error;
    }
  }
}
