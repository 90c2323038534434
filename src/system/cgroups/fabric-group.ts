import type { Host } from "../host.ts";
import { ownNetwork } from "../own-network.ts";

/**
 * Returns the name of a fabric's cgroup for its switches, or for its VMs: the host's network, since fabrics in other
 * networks may have the same number, and the fabric's number in it.
 */
export async function fabricGroup(host: Host, number: number, kind: "switches" | "vms"): Promise<string> {
  return groupIn(await ownNetwork(host), number, kind);
}

export function groupIn(network: string, number: number, kind: "switches" | "vms"): string {
  return [network, ...(number === 0 ? [] : [number]), ...(kind === "vms" ? ["vms"] : [])].join("-");
}
