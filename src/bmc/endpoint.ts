import type { Bmc } from "../fabric/types.ts";
import { type BmcAccess, SHIPPED_PASSWORD } from "./access.ts";

/** A machine's BMC in the plan, and its place among all BMCs. */
export interface BmcPlace {
  readonly index: number;
  readonly bmc: Bmc;
}

/** Socket on which a machine's BMC listens, and the reason. Redfish has the TCP port of `redfishSocket` there. */
export type BmcEndpoint =
  | {
      readonly listen: "bmc-network" | "loopback";
      readonly address: string;
      /** UDP. */
      readonly port: number;
      readonly listenReason: string;
    }
  | { readonly listen: "nowhere"; readonly listenReason: string };

export type OpenEndpoint = Exclude<BmcEndpoint, { readonly listen: "nowhere" }>;

/** An address and port of the host. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/** First UDP port of the BMCs on loopback: they share one address, and a machine's index is added to the port. */
const LOOPBACK_PORT = 6230;
const HTTPS_PORT = 443;

/**
 * Returns the socket of a machine's BMC: on its own address in the BMC network, but on loopback while its password is
 * the shipped one.
 */
export function bmcEndpoint(place: BmcPlace, access: BmcAccess): BmcEndpoint {
  if (access.kind === "off") {
    return { listen: "nowhere", listenReason: access.reason };
  }
  if (access.password === SHIPPED_PASSWORD) {
    return {
      listen: "loopback",
      address: "127.0.0.1",
      port: loopbackPort(place),
      listenReason: `on 127.0.0.1 only: the password still is "${SHIPPED_PASSWORD}"`,
    };
  }
  return {
    listen: "bmc-network",
    address: String(place.bmc.address.address),
    port: place.bmc.port,
    listenReason: "",
  };
}

/**
 * Returns the socket of the machine's simulator, behind the proxy. The port is the same as outside: the simulator reports
 * the port for serial sessions, and clients refuse any but the one that they are talking to.
 */
export function simulatorSocket(place: BmcPlace, outside: Socket): Socket {
  return { address: innerAddress(place), port: outside.port };
}

/** Returns the TCP socket to which the machine's simulator connects for the serial console. */
export function consoleSocket(place: BmcPlace): Socket {
  return { address: innerAddress(place), port: loopbackPort(place) };
}

/** Returns the TCP socket of the machine's Redfish service: HTTPS's port, or on loopback the number of the UDP port. */
export function redfishSocket(outside: OpenEndpoint): Socket {
  return { address: outside.address, port: outside.listen === "loopback" ? outside.port : HTTPS_PORT };
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
function innerAddress(place: BmcPlace): string {
  return `127.0.2.${place.index + 1}`;
}

function loopbackPort(place: BmcPlace): number {
  return LOOPBACK_PORT + place.index;
}
