import type { Socket } from "../endpoint.ts";

/** One BMC: where its clients find it, and where its simulator listens. */
export interface FrontRoute {
  readonly outside: Socket;
  readonly inside: Socket;
}
