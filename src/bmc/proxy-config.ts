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
  /** Socket for its clients. */
  readonly outside: Socket;
  /** Socket on which its simulator listens. */
  readonly inside: Socket;
  /** TCP socket to which its simulator connects for the switch's console, and the console's actual unix socket. */
  readonly console: Socket;
  readonly machineConsole: string;
  /** FIFOs for its simulator's requests to control the switch, and for their results. */
  readonly request: string;
  readonly answer: string;
}
