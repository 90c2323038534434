import type { Config } from "../config/types.ts";
import type { PerSwitch } from "../config/value-types/per-switch.ts";
import { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import type { TopologyNode } from "./topology.ts";
import type { Bmc, Machine } from "./types.ts";

/** TCP port of VNC display 0. */
const VNC_BASE = 5900;
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

export function bmcOf(networks: Networks, node: TopologyNode): Bmc {
  return { address: InterfaceAddress.in(networks.bmc, FIRST_BMC + node.index), port: IPMI_PORT };
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
