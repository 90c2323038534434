import type { Fabric, Node } from "../../fabric/types.ts";
import type { Limits } from "../../system/cgroups/groups.ts";

/**
 * Root of the first netns is this user outside, and 65,535 others follow; then come those of the next. The kernel counts
 * and limits processes by user, and nobody that a host has is so far up.
 */
export const FIRST_USER = 1_768_620_032;
const USERS = 65_536;

/** What a netns may take of the host: what a machine in its place would have, and so many processes. */
export function limitsOf(node: Node, tasks: number): Limits {
  return { memoryMiB: node.machine.memoryMiB, vcpus: node.machine.vcpus, tasks };
}

/** Who root of the netns of the fabric's node of this name is on the host. */
export function userOf(fabric: Fabric, nodeName: string): number {
  // By name: rendering may have planned the node anew.
  const place = fabric.nodes.findIndex(({ name }) => name === nodeName);
  if (place < 0) {
    throw new Error(`${nodeName} is not in the plan`);
  }
  return FIRST_USER + place * USERS;
}
