import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import { createInterface } from "node:readline";

/** Opens a FIFO for both directions: so it neither waits for its other end nor ends with it (fifo(7)). */
export function openFifo(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/** Calls the function with each line that is written to a FIFO, until it is closed. */
export function readLines(path: string, onLine: (line: string) => void): { close(): void } {
  // As a socket it is polled; as a file, each read would occupy one of Node's few threads until data arrives.
  const input = new Socket({ fd: openFifo(path), readable: true, writable: false });
  createInterface({ input }).on("line", onLine);
  return { close: () => input.destroy() };
}
