import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import type { Host, Socket } from "../system/host.ts";

const RETRY_MS = 20;

/**
 * Connects to one of a VM's sockets. QEMU serves one client at a time and queues one or two more; the kernel rejects
 * further ones (EAGAIN), so this retries.
 * @param name of the socket's purpose, for messages.
 * @throws CommandError if no VM listens.
 */
export async function connectToMachine(
  host: Host,
  name: string,
  socket: string,
  deadline: number,
): Promise<Socket> {
  const startedMs = Date.now();
  for (;;) {
    try {
      return await host.connect(socket);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
        throw new CommandError(`${name} on ${socket}`, undefined, "the VM is not running", error);
      }
      if (Date.now() >= deadline) {
        throw new TimeoutError(
          `a connection to ${socket}`,
          deadline - startedMs,
          "the socket is in use by another client",
        );
      }
    }
    await sleep(RETRY_MS);
  }
}
