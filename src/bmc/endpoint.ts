import type { Node } from "../fabric/types.ts";
import { type BmcAccess, SHIPPED_PASSWORD } from "./access.ts";

/** Where a node's BMC answers, and why there. */
export type BmcEndpoint =
  | {
      readonly listen: "bmc-network" | "loopback";
      readonly address: string;
      /** UDP. */
      readonly port: number;
      readonly listenReason: string;
    }
  | { readonly listen: "nowhere"; readonly listenReason: string };

/** An address and port of this machine. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/** On loopback all BMCs share one address, and are told apart by port: this, plus the node's index. */
const LOOPBACK_PORT = 6230;

/**
 * Where the node's BMC answers: on its own address in the BMC network, but on loopback while its password is the
 * shipped one.
 */
export function bmcEndpoint(node: Node, access: BmcAccess): BmcEndpoint {
  if (access.kind === "off") {
    return { listen: "nowhere", listenReason: access.reason };
  }
  if (access.password === SHIPPED_PASSWORD) {
    return {
      listen: "loopback",
      address: "127.0.0.1",
      port: loopbackPort(node),
      listenReason: `on 127.0.0.1 only: the password still is "${SHIPPED_PASSWORD}"`,
    };
  }
  return {
    listen: "bmc-network",
    address: String(node.bmc.address.address),
    port: node.bmc.port,
    listenReason: "",
  };
}

/**
 * Where the node's simulator listens, behind the front. The port is the same as outside: it tells clients the port
 * for their serial sessions, and they refuse any but the one they are talking to.
 */
export function simulatorSocket(node: Node, outside: Socket): Socket {
  return { address: innerAddress(node), port: outside.port };
}

/** TCP socket at which the node's simulator looks for its machine's serial console. */
export function consoleSocket(node: Node): Socket {
  return { address: innerAddress(node), port: loopbackPort(node) };
}

/** What to type to reach the BMC; ipmitool then asks for the password. Empty where there is no BMC. */
export function ipmitoolCommand(endpoint: BmcEndpoint, access: BmcAccess): string {
  if (endpoint.listen === "nowhere" || access.kind === "off") {
    return "";
  }
  const port = endpoint.port === 623 ? "" : ` -p ${endpoint.port}`;
  return `ipmitool -I lanplus -H ${endpoint.address}${port} -U ${access.user} -a`;
}

/** All of 127.0.0.0/8 is this machine (RFC 1122, section 3.2.1.3): one address for the inside of each BMC. */
function innerAddress(node: Node): string {
  return `127.0.2.${node.index + 1}`;
}

function loopbackPort(node: Node): number {
  return LOOPBACK_PORT + node.index;
}
