import type { Node } from "../fabric/types.ts";
import { type BmcAccess, SHIPPED_PASSWORD } from "./access.ts";

/** Socket on which a node's BMC listens, and the reason. */
export type BmcEndpoint =
  | {
      readonly listen: "bmc-network" | "loopback";
      readonly address: string;
      /** UDP. */
      readonly port: number;
      readonly listenReason: string;
    }
  | { readonly listen: "nowhere"; readonly listenReason: string };

/** An address and port of the host. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/** First UDP port of the BMCs on loopback: they share one address, and a node's index is added to the port. */
const LOOPBACK_PORT = 6230;

/**
 * Returns the socket of the node's BMC: on its own address in the BMC network, but on loopback while its password is
 * the shipped one.
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
 * Returns the socket of the node's simulator, behind the proxy. The port is the same as outside: the simulator reports
 * the port for serial sessions, and clients refuse any but the one that they are talking to.
 */
export function simulatorSocket(node: Node, outside: Socket): Socket {
  return { address: innerAddress(node), port: outside.port };
}

/** Returns the TCP socket to which the node's simulator connects for the serial console. */
export function consoleSocket(node: Node): Socket {
  return { address: innerAddress(node), port: loopbackPort(node) };
}

/** Returns the command that reaches the BMC; ipmitool then asks for the password. Empty if there is no BMC. */
export function ipmitoolCommand(endpoint: BmcEndpoint, access: BmcAccess): string {
  if (endpoint.listen === "nowhere" || access.kind === "off") {
    return "";
  }
  const port = endpoint.port === 623 ? "" : ` -p ${endpoint.port}`;
  return `ipmitool -I lanplus -H ${endpoint.address}${port} -U ${access.user} -a`;
}

/** Returns an address for the inside of each BMC: all of 127.0.0.0/8 is the host itself (RFC 1122, section 3.2.1.3). */
function innerAddress(node: Node): string {
  return `127.0.2.${node.index + 1}`;
}

function loopbackPort(node: Node): number {
  return LOOPBACK_PORT + node.index;
}
