import { BMC_LOOPBACK_PORTS } from "../fabric/machines.ts";
import type { Bmc } from "../fabric/types.ts";
import type { Socket } from "../system/listening.ts";
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
      address: String(place.bmc.loopback),
      port: loopbackPort(place),
      listenReason: `on ${place.bmc.loopback} only: the password still is "${SHIPPED_PASSWORD}"`,
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
  return { address: String(place.bmc.inside), port: outside.port };
}

/** Returns the TCP socket to which the machine's simulator connects for the serial console. */
export function consoleSocket(place: BmcPlace): Socket {
  return { address: String(place.bmc.inside), port: loopbackPort(place) };
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

function loopbackPort(place: BmcPlace): number {
  return BMC_LOOPBACK_PORTS.first + place.index;
}
