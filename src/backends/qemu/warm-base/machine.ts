import type { Node } from "../../../fabric/types.ts";
import type { MachinePlan } from "../machine-plan.ts";

/**
 * The machine that clones for this node are made from: the same memory, processors and NICs, and nothing of the
 * node's own. Nodes whose machines are alike, such as all leaves, have the same warm base.
 *
 * A warm base for the largest node would do for all, too, but the NICs that a smaller one has too many would need
 * taps of their own (QEMU's other backends have other offload features, which a running guest can't be moved to),
 * and would be seen inside.
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
  };
}

/**
 * MAC of a warm base's NIC, by which the guest tells where the NIC sits, from 1. Locally administered; the four
 * last digits are decimal, which a shell can compute without running a program.
 */
function warmBaseMac(seat: number): string {
  const digits = String(seat).padStart(4, "0");
  return `${WARM_BASE_MAC_PREFIX}:${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Also known to guest/common/IkvSwitch/Nics.pm. */
export const WARM_BASE_MAC_PREFIX = "02:69:6b:76";
