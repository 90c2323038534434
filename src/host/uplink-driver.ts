import type { MissingRequirement } from "../errors.ts";
import type { Uplink } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { succeeds } from "../system/probe.ts";

/**
 * Checks whether the kernel has macvtap, by creating one in a network namespace of its own. This also makes the kernel
 * load the driver, if it is a module. The driver of macvlans, which namespaces get instead, is part of it.
 */
export async function missingUplinkDriver(
  host: Host,
  uplink: Uplink,
): Promise<readonly MissingRequirement[]> {
  if (uplink.kind !== "macvtap") {
    return [];
  }
  const lines = ["link add probe0 type bridge", "link add link probe0 name probe1 type macvtap mode bridge"];
  const exists = await succeeds(host, {
    file: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  });
  return exists
    ? []
    : [
        {
          what: "this kernel has no macvtap",
          why: `UPLINK=macvtap:${uplink.device}`,
          fix: "use a kernel with CONFIG_MACVTAP, or put the NIC into a bridge and write UPLINK=bridge:NAME",
        },
      ];
}
