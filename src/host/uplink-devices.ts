import type { Fabric } from "../fabric/types.ts";
import { hasOwnPort, hostEndMac, uplinkPort } from "../fabric/uplink.ts";
import type { DesiredMacvtap, DesiredPort } from "./model/desired-devices.ts";
import type { SwitchPorts } from "./model/switch-ports.ts";

/**
 * Returns the host's end of the internet router's port outside. A switch that is a namespace has the macvlan itself, so
 * that nothing of it is on the host.
 */
export function uplinkDevices(
  { uplink, host, nodes }: Fabric,
  switchPorts: SwitchPorts,
): readonly (DesiredPort | DesiredMacvtap)[] {
  const node = nodes.find(({ role }) => role === "internet");
  const port = uplinkPort({ nodes });
  if (node === undefined || port === null || !hasOwnPort(uplink)) {
    return [];
  }
  const { tap: name, mtu } = port;
  const owner = host.user;
  const group = host.mark.linkGroup;
  if (uplink.kind === "macvtap") {
    return switchPorts.kind === "tap"
      ? [{ kind: "macvtap", name, mac: port.mac, mtu, group, nic: uplink.device, owner }]
      : [];
  }
  const end = { name, mac: hostEndMac(port), mtu, group, bridge: uplink.device, learning: true, owner };
  if (switchPorts.kind === "tap") {
    return [{ ...end, kind: "tap" }];
  }
  return switchPorts.running.includes(node.name) ? [{ ...end, kind: switchPorts.kind }] : [];
}
