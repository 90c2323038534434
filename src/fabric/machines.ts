import type { Config } from "../config/types.ts";
import type { PerSwitch } from "../config/value-types/per-switch.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import { bmcInside, bmcLoopback, fabricNumber } from "./mark.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import type { TopologyNode } from "./topology.ts";
import type { Bmc, Machine } from "./types.ts";

/** TCP port of VNC display 0. */
export const VNC_BASE = 5900;
/**
 * Ports of BMCs that listen on loopback, where they share one address. A machine's index is added to the first; a BMC
 * network has 245 addresses for BMCs.
 */
export const BMC_LOOPBACK_PORTS = { first: 6230, last: 6230 + 244 } as const;
/** IPMI over LAN (RMCP). */
export const IPMI_PORT = 623;
/** The first BMC's place in its network; the addresses below are for the host and the user. */
export const FIRST_BMC = 10;

export function machineOf(config: Config, node: TopologyNode): Machine {
  const vncDisplay = config.VNC_DISPLAY_START + node.index;
  return {
    memoryMiB: valueFor(config.SWITCH_MEMORY_MIB, node),
    vcpus: valueFor(config.SWITCH_VCPUS, node),
    vncDisplay,
    vncPort: VNC_BASE + vncDisplay,
  };
}

export function bmcOf({ RUN_DIR }: Config, networks: Networks, { index }: TopologyNode): Bmc {
  const number = fabricNumber(RUN_DIR);
  return {
    address: InterfaceAddress.in(networks.bmc, FIRST_BMC + index),
    port: IPMI_PORT,
    inside: bmcInside(number, index),
    loopback: bmcLoopback(number),
  };
}

/** Reports if the host's address in the BMC network is also that of a switch's BMC. */
export function checkBmcs(
  config: Config,
  networks: Networks,
  nodes: readonly TopologyNode[],
  report: Report,
): void {
  const host = Address.from(config.HOST_IPMI_IP);
  const rival = nodes.find((node) => networks.bmc.at(FIRST_BMC + node.index).equals(host));
  if (rival !== undefined) {
    report(
      "HOST_IPMI_IP",
      `${config.HOST_IPMI_IP} is the address of ${rival.name}'s BMC; take one below ${networks.bmc.at(FIRST_BMC)}`,
    );
  }
}

function valueFor(values: PerSwitch, node: TopologyNode): number {
  return values.byName[node.name] ?? values.all;
}
