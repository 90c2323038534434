import type { Fabric, Node } from "../fabric/types.ts";
import { nodeNames } from "./names.ts";
import type { RenderOptions, SiteFacts } from "./types.ts";

export interface AuthorizedKeysContext {
  readonly keyGroups: readonly { readonly from: string; readonly keys: readonly string[] }[];
}

/** Words as sshd_config(5) has them. */
export interface SshdContext {
  readonly rootLogin: "yes" | "prohibit-password";
  readonly passwordLogin: "yes" | "no";
}

export interface KnownHostsContext {
  /** `names` as known_hosts wants them: with commas. */
  readonly hosts: readonly { readonly names: string; readonly key: string }[];
}

export function sshdContext({ passwordLogin }: RenderOptions): SshdContext {
  return passwordLogin
    ? { rootLogin: "yes", passwordLogin: "yes" }
    : { rootLogin: "prohibit-password", passwordLogin: "no" };
}

export function authorizedKeysContext(site: SiteFacts): AuthorizedKeysContext {
  return {
    keyGroups: [
      { from: "From the host.", keys: keyLines(site.authorizedKeys) },
      { from: "Of ikvswitch itself.", keys: keyLines(site.toolPublicKey) },
      { from: "Of the switches.", keys: keyLines(site.switchKey.publicKey) },
    ],
  };
}

/**
 * Every node under its names and addresses, and those wired to this node also under the link-local address
 * that they have on the wire, with this node's port as zone: what one types to reach them without BGP.
 */
export function knownHostsContext(fabric: Fabric, node: Node, site: SiteFacts): KnownHostsContext {
  return {
    hosts: fabric.nodes.map((other) => ({
      names: [
        ...nodeNames(other, fabric.domain),
        String(other.loopback),
        ...ownAddresses(other),
        ...linkLocalsSeenFrom(node, other),
      ].join(","),
      key: hostKey(site, other),
    })),
  };
}

function keyLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function ownAddresses(node: Node): string[] {
  const numbered = node.ports.flatMap((port) => port.address ?? []);
  const bridged =
    node.role === "leaf"
      ? [...(node.dhcp === null ? [] : [node.dhcp.router]), ...node.l2Vlans.map((vlan) => vlan.gateway)]
      : [];
  return [...numbered, ...bridged].map(({ address }) => String(address));
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

/** Type and key without the comment, which may hold anything. */
function hostKey(site: SiteFacts, node: Node): string {
  const key = site.hostKeys[node.name];
  if (key === undefined) {
    throw new Error(`no host key of ${node.name} was given`);
  }
  return key.trim().split(/\s+/).slice(0, 2).join(" ");
}
