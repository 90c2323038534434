import type { Host } from "../system/host.ts";
import { succeeds } from "../system/probe.ts";

/**
 * Reports whether the kernel has 802.1Q, by creating a VLAN. This also makes the kernel load the driver, if it is a
 * module. The VLAN is on a bridge, because no kernel allows VLANs on the loopback device.
 */
export async function hasVlans(host: Host): Promise<boolean> {
  const lines = ["link add probe0 type bridge", "link add link probe0 name probe1 type vlan id 2"];
  return succeeds(host, {
    file: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  });
}
