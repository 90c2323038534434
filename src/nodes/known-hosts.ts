import type { Fabric, Node } from "../fabric/types.ts";
import type { NodeIdentity } from "../render/types.ts";

/**
 * A known_hosts file (sshd(8)) with every switch under each name and address that it is reached by, so that host
 * keys are checked from the first connection on.
 */
export function knownHosts(fabric: Fabric, identities: Readonly<Record<string, NodeIdentity>>): string {
  const lines = fabric.nodes.flatMap((node) => {
    const identity = identities[node.name];
    if (identity === undefined) {
      return [];
    }
    const [type, key] = identity.sshHostKey.publicKey.trim().split(" ");
    return [`${hostNames(node, fabric.domain).join(",")} ${type} ${key}`];
  });
  return `# Written by ikvswitch at every start; changes are lost.\n${lines.join("\n")}\n`;
}

function hostNames(node: Node, domain: string): string[] {
  const portAddresses = node.ports.flatMap(({ address }) =>
    address === null ? [] : String(address.address),
  );
  const qualified = domain === "" ? [] : [`${node.name}.${domain}`];
  return [node.name, ...qualified, String(node.loopback), ...portAddresses];
}
