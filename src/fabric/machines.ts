import type { Config, PerSwitch } from "../config/types.ts";
import { interfaceAddress, parseAddress } from "./address.ts";
import type { Networks } from "./networks.ts";
import type { Report } from "./report.ts";
import type { NodeSketch } from "./sketch.ts";
import type { Bmc, Machine } from "./types.ts";

/** TCP port of VNC display 0. */
const VNC_BASE = 5900;
const LAST_PORT = 65535;
/** IPMI over LAN (RMCP). */
const IPMI_PORT = 623;
/** The first BMC's place in its network; those below are left to the host and the user. */
const FIRST_BMC = 10;

export function machineOf(config: Config, node: NodeSketch): Machine {
  const vncDisplay = config.VNC_DISPLAY_START + node.index;
  return {
    memoryMiB: valueFor(config.SWITCH_MEMORY_MIB, node),
    vcpus: valueFor(config.SWITCH_VCPUS, node),
    vncDisplay,
    vncPort: VNC_BASE + vncDisplay,
  };
}

export function bmcOf(networks: Networks, node: NodeSketch): Bmc {
  return { address: interfaceAddress(networks.bmc, FIRST_BMC + node.index), port: IPMI_PORT };
}

/** Reports VNC ports and BMC addresses that don't exist or are taken, and values for unknown switches. */
export function checkMachines(
  config: Config,
  networks: Networks,
  nodes: readonly NodeSketch[],
  report: Report,
): void {
  const lastPort = VNC_BASE + config.VNC_DISPLAY_START + nodes.length - 1;
  if (lastPort > LAST_PORT) {
    const most = LAST_PORT - VNC_BASE - nodes.length + 1;
    report("VNC_DISPLAY_START", `${nodes.length} switches need VNC ports up to ${lastPort}; at most ${most}`);
  }
  const hostPlace = (parseAddress(config.HOST_IPMI_IP) ?? networks.bmc.first) - networks.bmc.first;
  if (hostPlace >= FIRST_BMC && hostPlace < FIRST_BMC + nodes.length) {
    const name = nodes[hostPlace - FIRST_BMC]?.name;
    report(
      "HOST_IPMI_IP",
      `${config.HOST_IPMI_IP} is the BMC of ${name}; the host's is one below .${FIRST_BMC}`,
    );
  }
  if (hostPlace === 0 || hostPlace === 255) {
    report("HOST_IPMI_IP", "the first and the last address of a network are no machine's");
  }
  checkNames("SWITCH_MEMORY_MIB", config.SWITCH_MEMORY_MIB, nodes, report);
  checkNames("SWITCH_VCPUS", config.SWITCH_VCPUS, nodes, report);
}

function checkNames(key: string, values: PerSwitch, nodes: readonly NodeSketch[], report: Report): void {
  for (const name of Object.keys(values.byName)) {
    if (!nodes.some((node) => node.name === name)) {
      report(
        key,
        `no switch is called ${name}; the switches are ${nodes.map((node) => node.name).join(", ")}`,
      );
    }
  }
}

function valueFor(values: PerSwitch, node: NodeSketch): number {
  return values.byName[node.name] ?? values.all;
}
