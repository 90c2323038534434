import { plannedBmcAccess } from "../../bmc/access.ts";
import { bmcEndpoint, consoleSocket, simulatorSocket } from "../../bmc/endpoint.ts";
import type { Settings } from "../../config/settings.ts";
import type { Node } from "../../fabric/types.ts";
import { listenAddress } from "../../nodes/listen.ts";
import type { PlannedPort } from "../../nodes/port-problems.ts";

/** TCP ports of this host at which these nodes' VNC consoles listen. */
export function vncPorts(settings: Settings, nodes: readonly Node[]): readonly PlannedPort[] {
  return nodes.map(({ name, machine }) => ({
    protocol: "tcp",
    address: listenAddress(settings),
    port: machine.vncPort,
    purpose: `${name}'s VNC display ${machine.vncDisplay}`,
    key: "VNC_DISPLAY_START",
  }));
}

/** Ports of this host at which the BMCs of these nodes listen, with those between their own parts. */
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
