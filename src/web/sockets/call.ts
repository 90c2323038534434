import type { WebSocket } from "ws";
import type { Services } from "../service/services.ts";

/** A WebSocket that is open, and what it is about. */
export interface SocketCall {
  readonly services: Services;
  readonly parameters: Readonly<Record<string, string>>;
  /** Aborted when the client has gone, or the server ends. */
  readonly ended: AbortSignal;
  readonly describe: (error: unknown) => string;
}

export interface SocketRoute {
  /** Below /api/v1. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Serves it until it is closed. */
  readonly serve: (socket: WebSocket, call: SocketCall) => Promise<void>;
}
