import { InterfaceAddress } from "../net/interface-address.ts";
import { FIRST_BMC, IPMI_PORT } from "./machines.ts";
import { bmcInside, bmcLoopback } from "./mark.ts";
import type { Bmc, Fabric } from "./types.ts";

/** The BMC of a server, and its place among all BMCs, which counts on from the switches'. */
export interface ServerBmc extends Bmc {
  readonly index: number;
}

/**
 * Returns the BMC of the server at a rack position: the switches' BMCs come first, then those of rack 1 from its lowest
 * position on. Null where the BMC network has no address left.
 */
export function serverBmc(fabric: Fabric, rack: number, position: number): ServerBmc | null {
  const { racks, nodes, host } = fabric;
  const before = racks.filter(({ number }) => number < rack).flatMap(({ positions }) => positions).length;
  const place = racks.find(({ number }) => number === rack)?.positions.indexOf(position) ?? -1;
  const index = nodes.length + before + place;
  const offset = FIRST_BMC + index;
  // The network's last address is its broadcast address.
  if (place < 0 || offset >= host.bmcPrefix.subnetCount(32) - 1) {
    return null;
  }
  const address = InterfaceAddress.in(host.bmcPrefix, offset);
  const { number } = host.mark;
  return address.address.equals(host.bmcAddress.address)
    ? null
    : {
        index,
        address,
        port: IPMI_PORT,
        inside: bmcInside(number, index),
        loopback: bmcLoopback(number),
      };
}
