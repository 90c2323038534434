import { linksOf } from "../fabric/ends.ts";
import type { Fabric } from "../fabric/types.ts";
import { isFault } from "../host/diff-devices.ts";
import { observeDevices } from "../host/observe-devices.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Host } from "../system/host.ts";
import { joinStates, type LinkState, linkState, type ObservedPorts } from "./link-state.ts";
import { parseImpairments } from "./qdiscs.ts";

/**
 * Returns every link between two ends, with its state in the kernel.
 * @param hosts those of the fabric's network. Links on a member that does not answer are missing.
 */
export async function observeLinks(
  hosts: readonly NetworkHost[],
  fabric: Fabric,
): Promise<readonly LinkState[]> {
  const parts = (await Promise.all(hosts.map(observePart))).flat();
  const byBridge = new Map<string, LinkState[]>();
  for (const part of parts) {
    byBridge.set(part.bridge, [...(byBridge.get(part.bridge) ?? []), part]);
  }
  return linksOf(fabric).map((link) => joinStates(link, byBridge.get(link.bridge.name) ?? []));
}

async function observePart({ member, host, fabric, silence }: NetworkHost): Promise<readonly LinkState[]> {
  const isSilent = (await silence()) !== undefined;
  const seen = isSilent ? { devices: [], impairments: new Map() } : await observePorts(host);
  return linksOf(fabric).map((link) => linkState(link, { member, ...seen }));
}

async function observePorts(host: Host): Promise<Omit<ObservedPorts, "member">> {
  const devices = await observeDevices(host);
  const impaired = devices.some(({ qdisc }) => isFault(qdisc));
  const qdiscs = impaired ? (await host.run({ file: "tc", args: ["-j", "qdisc", "show"] })).stdout : "[]";
  return { devices, impairments: parseImpairments(qdiscs) };
}
