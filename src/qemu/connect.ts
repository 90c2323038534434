import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import type { Host, Socket } from "../system/host.ts";

const RETRY_MS = 20;

/**
 * Connects to one of a VM's sockets. QEMU serves one client at a time and queues one or two more; the kernel rejects
 * further ones (EAGAIN), so this retries.
 * @param what names the connection in messages: `QMP on /run/…`.
 * @param off explains in a message that no VM listens.
 * @throws CommandError if no VM listens.
 */
export async function connectToMachine(
  host: Host,
  {
    what,
    socket,
    off = "the VM is not running",
  }: { readonly what: string; readonly socket: string; readonly off?: string },
  deadline: number,
): Promise<Socket> {
  const startedMs = Date.now();
  for (;;) {
    try {
      return await host.connect(socket);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
        throw new CommandError(what, undefined, off, error);
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
