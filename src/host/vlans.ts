import type { Host } from "../system/host.ts";
import { succeeds } from "../system/probe.ts";

/**
 * Whether the kernel has 802.1Q. Found by trying, which also has the kernel load the module where it is one. On a bridge, since the loopback device
 * takes no VLANs on any kernel.
 */
export async function hasVlans(host: Host): Promise<boolean> {
  const lines = ["link add probe0 type bridge", "link add link probe0 name probe1 type vlan id 2"];
  return succeeds(host, {
    file: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  });
}
