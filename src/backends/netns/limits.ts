import type { Fabric, Node } from "../../fabric/types.ts";
import type { Limits } from "../../system/cgroups/groups.ts";
import { mappedIds } from "../../system/mapped-ids.ts";

/**
 * Host user ID of root in the first netns. Its other users follow, 65,536 IDs in all; then come those of the next
 * netns. The kernel counts and limits processes per user, and no ordinary user of a host has so high an ID.
 */
export const FIRST_USER = 1_768_620_032;
const USERS = 65_536;
/** Netns of one fabric, and fabrics on a host, for which there are user IDs; a fabric has at most 138 switches. */
const NETNS = 144;
const FABRICS = 255;

/**
 * Returns the limits of a netns: the memory and CPUs that a VM in its place would have, and this number of processes.
 */
export function limitsOf(node: Node, tasks: number): Limits {
  return { memoryMiB: node.machine.memoryMiB, vcpus: node.machine.vcpus, tasks };
}

/**
 * Returns the host user ID of root in the netns of this node; 0 where we have too few IDs to give any away, as in a
 * user's enclosure: that netns has no other users.
 * @param uidMap text of /proc/self/uid_map (user_namespaces(7)).
 */
export function userOf(fabric: Fabric, nodeName: string, uidMap: string): number {
  // By name, because rendering may have created a new node object.
  const place = fabric.nodes.findIndex(({ name }) => name === nodeName);
  if (place < 0) {
    throw new Error(`${nodeName} is not in the plan`);
  }
  const { number } = fabric.host.mark;
  const fabricPlace = number === 0 ? 0 : 1 + (number % FABRICS);
  const user = FIRST_USER + (fabricPlace * NETNS + place) * USERS;
  return mappedIds(uidMap).some(({ first, count }) => first <= user && user + USERS <= first + count)
    ? user
    : 0;
}
