import type { Socket } from "../system/listening.ts";
import type { Credentials } from "./access.ts";
import type { MachineFacts } from "./model/control.ts";
import type { KeyAndCertificate } from "./redfish/certificate.ts";
import type { BmcTarget } from "./target.ts";

/** The proxy's configuration file, as JSON. It is read again on SIGHUP. */
export interface ProxyConfig {
  readonly runDir: string;
  readonly stateDir: string;
  /** Name of the backend that runs the switches. */
  readonly backend: string;
  /** User and password of all BMCs. */
  readonly access: Credentials;
  /** FIFOs of the agent, which does for VMs what only root may do. */
  readonly agent: { readonly request: string; readonly answer: string };
  readonly bmcs: readonly ProxiedBmc[];
}

export interface ProxiedBmc {
  readonly kind: BmcTarget["kind"];
  readonly facts: MachineFacts;
  readonly choosesBoot: boolean;
  /** UDP socket for its clients. */
  readonly outside: Socket;
  /** Socket on which its simulator listens. */
  readonly inside: Socket;
  /** TCP socket of its Redfish service, and that service's key and certificate as PEM texts. */
  readonly redfish: Socket;
  readonly tls: KeyAndCertificate;
  /** TCP socket to which its simulator connects for the machine's console, and the console's actual unix socket. */
  readonly console: Socket;
  readonly machineConsole: string;
  /** FIFOs for its simulator's requests to control the machine, and for their results. */
  readonly request: string;
  readonly answer: string;
}
