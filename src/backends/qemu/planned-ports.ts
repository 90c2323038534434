import { plannedBmcAccess } from "../../bmc/access.ts";
import { bmcEndpoint, consoleSocket, simulatorSocket } from "../../bmc/endpoint.ts";
import type { Settings } from "../../config/settings.ts";
import type { Node } from "../../fabric/types.ts";
import { listenAddress } from "../../nodes/listen.ts";
import type { PlannedPort } from "../../nodes/port-problems.ts";

/** Returns the TCP ports of this host on which these nodes' VNC consoles listen. */
export function vncPorts(settings: Settings, nodes: readonly Node[]): readonly PlannedPort[] {
  return nodes.map(({ name, machine }) => ({
    protocol: "tcp",
    address: listenAddress(settings),
    port: machine.vncPort,
    purpose: `${name}'s VNC display ${machine.vncDisplay}`,
    key: "VNC_DISPLAY_START",
  }));
}

/**
 * Returns the ports of this host on which the BMCs of these nodes listen, including those between a BMC's own parts.
 */
export function bmcPorts(settings: Settings, nodes: readonly Node[]): readonly PlannedPort[] {
  const access = plannedBmcAccess(settings);
  return nodes.flatMap((node): readonly PlannedPort[] => {
    const outside = bmcEndpoint(node, access);
    if (outside.listen === "nowhere") {
      return [];
    }
    const purpose = `${node.name}'s BMC`;
    const key = outside.listen === "bmc-network" ? "HOST_IPMI_IP" : null;
    const { address, port } = outside;
    return [
      { protocol: "udp", address, port, purpose, key },
      { protocol: "udp", ...simulatorSocket(node, outside), purpose, key: null },
      { protocol: "tcp", ...consoleSocket(node), purpose, key: null },
    ];
  });
}
