import type { WebSocket } from "ws";

/** A client that takes nothing for this long is cut off. */
const STALLED_MS = 30_000;
/** Likewise one that is behind by more than this. */
const MAX_BEHIND_BYTES = 4 * 1024 * 1024;

/** Sends a message, and returns when the client's system has taken it, or the client has gone. */
export function send(socket: WebSocket, data: Uint8Array | string, stalledMs = STALLED_MS): Promise<void> {
  if (socket.readyState !== socket.OPEN) {
    return Promise.resolve();
  }
  if (socket.bufferedAmount > MAX_BEHIND_BYTES) {
    socket.terminate();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), stalledMs);
    socket.send(data, { binary: typeof data !== "string" }, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
