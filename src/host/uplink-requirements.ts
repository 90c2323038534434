import type { MissingRequirement } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { hasOwnPort, uplinkPort } from "../fabric/uplink.ts";
import type { OwnUplink } from "../fabric/uplink-types.ts";
import type { Mac } from "../net/mac.ts";
import type { Host } from "../system/host.ts";
import { probe, succeeds } from "../system/probe.ts";
import { ADDRESS_PROBE } from "./probe/address-probe.ts";

/**
 * Returns what the internet router's own port outside lacks, as far as only a trial tells: the driver of macvtaps, and
 * an address that nobody else has.
 */
export async function missingForUplink(host: Host, fabric: Fabric): Promise<readonly MissingRequirement[]> {
  const port = uplinkPort(fabric);
  if (!hasOwnPort(fabric.uplink) || port === null) {
    return [];
  }
  const missing = await Promise.all([
    missingDriver(host, fabric.uplink),
    takenAddress(host, fabric.uplink, port.mac),
  ]);
  return missing.flat();
}

/**
 * Creates a macvtap in a network namespace of its own. This also makes the kernel load the driver, if it is a module.
 * The driver of macvlans, which namespaces get instead, is part of it.
 */
async function missingDriver(
  host: Host,
  { kind, device }: OwnUplink,
): Promise<readonly MissingRequirement[]> {
  const lines = ["link add probe0 type bridge", "link add link probe0 name probe1 type macvtap mode bridge"];
  const batch = {
    file: "unshare",
    args: ["--net", "--", "ip", "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  };
  return kind === "bridge" || (await succeeds(host, batch))
    ? []
    : [
        {
          what: "this kernel has no macvtap",
          why: `UPLINK=macvtap:${device}`,
          fix: "use a kernel with CONFIG_MACVTAP, or put the NIC into a bridge and write UPLINK=bridge:NAME",
        },
      ];
}

/** Asks the network who has the fixed address. Nothing is reported if the probe can't be sent. */
async function takenAddress(
  host: Host,
  { address, device }: OwnUplink,
  own: Mac,
): Promise<readonly MissingRequirement[]> {
  if (address === null) {
    return [];
  }
  const args = ["-e", ADDRESS_PROBE, device, String(address.address), String(own)];
  const result = await probe(host, { file: "perl", args });
  const holder = result.end === "exit" && result.exitCode === 0 ? result.stdout.trim() : "";
  return holder === ""
    ? []
    : [
        {
          what: `UPLINK_ADDRESS: ${address.address} is in use: ${holder} answers for it on ${device}`,
          why: "the internet router needs an address of its own there",
          fix: "set UPLINK_ADDRESS to a free address of that network, or to dhcp",
        },
      ];
}
