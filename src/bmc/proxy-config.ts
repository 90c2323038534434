import type { Socket } from "./endpoint.ts";

/** The proxy's configuration file, as JSON. */
export interface ProxyConfig {
  readonly runDir: string;
  /** Name of the backend that runs the switches. */
  readonly backend: string;
  readonly bmcs: readonly ProxiedBmc[];
}

export interface ProxiedBmc {
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
