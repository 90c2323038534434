import { linksOf } from "../fabric/ends.ts";
import type { Fabric } from "../fabric/types.ts";
import { isFault } from "../host/diff-devices.ts";
import { observeDevices } from "../host/observe-devices.ts";
import type { Host } from "../system/host.ts";
import { type LinkState, linkState } from "./link-state.ts";
import { parseImpairments } from "./qdiscs.ts";

/** Returns every link between two ends, with its state in the kernel. */
export async function observeLinks(host: Host, fabric: Fabric): Promise<readonly LinkState[]> {
  const devices = await observeDevices(host);
  const impaired = devices.some(({ qdisc }) => isFault(qdisc));
  const qdiscs = impaired ? (await host.run({ file: "tc", args: ["-j", "qdisc", "show"] })).stdout : "[]";
  const impairments = parseImpairments(qdiscs);
  return linksOf(fabric).map((link) => linkState(link, devices, impairments));
}
