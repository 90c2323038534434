import type { Fabric, Node } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import { nodeNames } from "./names.ts";

/** A line of a known_hosts file (sshd(8)). */
export interface KnownHost {
  /** Separated by commas. */
  readonly names: string;
  /** The key's type and the key itself. */
  readonly key: string;
}

/**
 * Returns every node with its names and addresses, so that host keys are checked from the first connection on.
 * @param hostKeys public host keys by the nodes' names, one line each.
 * @param from the node that connects; null: the host. A node also knows its neighbors by their link-local address on
 *   the link, with its own port as zone: the address that a user types to reach them without BGP.
 */
export function knownHosts(
  fabric: Fabric,
  hostKeys: Readonly<Record<string, string>>,
  from: Node | null,
): readonly KnownHost[] {
  return fabric.nodes.map((node) => ({
    names: [
      ...nodeNames(node, fabric.domain),
      ...addressTexts(node.loopback, node.loopback6),
      ...ownAddresses(node),
      ...(from === null ? [] : linkLocalsSeenFrom(from, node)),
    ].join(","),
    key: hostKey(hostKeys, node),
  }));
}

function ownAddresses(node: Node): string[] {
  // Nobody logs in by the address outside.
  const inside = node.ports.filter(({ peer }) => peer.kind !== "outside");
  const numbered = inside.flatMap((port) => [port.address, port.address6]);
  const bridged =
    node.role === "leaf"
      ? [
          ...[node.dhcp?.router, node.dhcp?.network6?.router],
          ...node.l2Vlans.flatMap((vlan) => [vlan.gateway, vlan.gateway6]),
        ]
      : [];
  return addressTexts(...[...numbered, ...bridged].map((each) => each?.address));
}

function addressTexts(...addresses: readonly (Address | undefined)[]): string[] {
  return addresses.flatMap((address) => (address === undefined ? [] : [String(address)]));
}

function linkLocalsSeenFrom(node: Node, other: Node): string[] {
  return node.ports.flatMap(({ name, peer }) => {
    const far =
      peer.kind === "node" && peer.node === other.name
        ? other.ports.find((port) => port.name === peer.port)
        : undefined;
    return far === undefined ? [] : [`${far.linkLocal}%${name}`];
  });
}

/** Returns type and key without the comment, which may contain anything. */
function hostKey(hostKeys: Readonly<Record<string, string>>, node: Node): string {
  const key = hostKeys[node.name];
  if (key === undefined) {
    throw new Error(`no host key of ${node.name} was given`);
  }
  return key.trim().split(/\s+/).slice(0, 2).join(" ");
}
