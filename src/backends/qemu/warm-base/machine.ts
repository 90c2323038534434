import type { Node } from "../../../fabric/types.ts";
import type { MachinePlan } from "../machine-plan.ts";

/**
 * Returns the VM plan of the warm base for this node: the same memory, processors and NICs, and nothing specific to the
 * node. Nodes with equal VMs, such as all leaves, share a warm base.
 *
 * A warm base for the largest node would do for all of them. But the surplus NICs of a smaller node would need taps of
 * their own (QEMU's other backends have other offload features, to which a running guest can't be moved), and would be
 * visible in the guest.
 */
export function warmBaseMachine(node: Node): MachinePlan {
  const { memoryMiB, vcpus } = node.machine;
  return {
    name: `template-${node.ports.length}`,
    ports: node.ports.map(({ mtu }, index) => ({
      name: `card${index + 1}`,
      mac: warmBaseMac(index + 1),
      mtu,
      tap: `ikvtap${index + 1}`,
    })),
    machine: { memoryMiB, vcpus, vncDisplay: 0 },
    ...(node.role === "leaf" ? { leases: null } : {}),
  };
}

/**
 * Returns the MAC of a warm base's NIC, from which the guest derives the NIC's position, from 1. It is locally
 * administered. Its last four digits are decimal, so that a shell can compute it without running a program.
 */
function warmBaseMac(seat: number): string {
  const digits = String(seat).padStart(4, "0");
  return `${WARM_BASE_MAC_PREFIX}:${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Also defined in guest/common/IkvSwitch/Nics.pm. */
export const WARM_BASE_MAC_PREFIX = "02:69:6b:76";
