import type { WebSocket } from "ws";
import { updates } from "../service/updates.ts";
import type { SocketCall } from "./call.ts";
import { send } from "./send.ts";

/** Carries the same as the stream of server-sent events: a browser opens only six of those at a time, over all its tabs. */
export async function serveWatch(
  socket: WebSocket,
  { services, ended, describe }: SocketCall,
): Promise<void> {
  try {
    for await (const update of updates(services.watcher, ended)) {
      if (update !== undefined) {
        await send(socket, JSON.stringify(update));
      }
    }
    socket.close();
  } catch (error) {
    await send(socket, JSON.stringify({ kind: "problem", problem: describe(error) }));
    socket.close();
  }
}
