import type { Socket } from "./endpoint.ts";

/** What the attendant is started with, as JSON. */
export interface AttendantConfig {
  readonly runDir: string;
  /** Name of the backend that runs the switches. */
  readonly backend: string;
  readonly bmcs: readonly AttendedBmc[];
}

export interface AttendedBmc {
  readonly node: string;
  /** Where its clients find it. */
  readonly outside: Socket;
  /** Where its simulator listens. */
  readonly inside: Socket;
  /** TCP socket at which its simulator looks for its machine's console, and the unix socket where that really is. */
  readonly console: Socket;
  readonly machineConsole: string;
  /** FIFOs through which its simulator asks for something to be done to the machine, and is told the outcome. */
  readonly request: string;
  readonly answer: string;
}
