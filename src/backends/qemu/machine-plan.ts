import type { Node, Port } from "../../fabric/types.ts";
import type { Uplink } from "../../fabric/uplink-types.ts";
import { leasesFile } from "../../nodes/leases-file.ts";

/**
 * The part of the plan that a VM needs, for a node or for the warm base of several. It survives a round trip through
 * JSON unchanged.
 */
export interface MachinePlan {
  readonly name: string;
  /** Its NICs, each on the tap that the host's links provide for it. */
  readonly ports: readonly {
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    readonly tap: string;
    /** The tap is a macvtap, which QEMU gets as an open file. */
    readonly macvtap?: true;
  }[];
  readonly machine: {
    readonly memoryMiB: number;
    readonly vcpus: number;
    /** The TCP port is 5900 higher. */
    readonly vncDisplay: number;
  };
  /**
   * File of the disk for DHCP leases; null: the disk keeps nothing. Absent: no such disk, as in VMs of earlier builds.
   */
  readonly leases?: string | null;
}

/** Reduces a node to the data from which its VM is made. */
export function machinePlan(
  { name, ports, machine: { memoryMiB, vcpus, vncDisplay } }: Node,
  uplink: Uplink = { kind: "nat" },
): MachinePlan {
  return {
    name,
    machine: { memoryMiB, vcpus, vncDisplay },
    ports: ports.map((port) => ({
      name: port.name,
      mac: String(port.mac),
      mtu: port.mtu,
      tap: port.tap,
      ...(isMacvtap(uplink, port) ? { macvtap: true } : {}),
    })),
  };
}

function isMacvtap(uplink: Uplink, { peer }: Port): boolean {
  return uplink.kind === "macvtap" && peer.kind === "outside";
}

/** Returns the disk for DHCP leases. All leaves have one, so that left and right leaves share a warm base. */
export function leasesDisk(node: Node, stateDir: string): Pick<MachinePlan, "leases"> {
  return node.role === "leaf" ? { leases: leasesFile(stateDir, node) } : {};
}
