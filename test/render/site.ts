import { readFileSync } from "node:fs";
import type { Fabric, Node } from "../../src/fabric/types.ts";
import { Address } from "../../src/net/address.ts";
import { renderNode } from "../../src/render/render.ts";
import { TEMPLATE_NAMES } from "../../src/render/templates.ts";
import type { KeyPair, NodeFile, NodeIdentity, SharedSettings, TemplateSet } from "../../src/render/types.ts";

/** The shipped templates. */
export const shippedTemplates: TemplateSet = Object.fromEntries(
  TEMPLATE_NAMES.map((name) => [
    name,
    readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8"),
  ]),
);

/** Returns invented shared settings of all switches, without real keys or hashes. */
export function siteOf(fabric: Fabric, changes: Partial<SharedSettings> = {}): SharedSettings {
  return {
    hostName: "labhost",
    dnsServers: ["192.0.2.53", "2001:db8::53"].map(Address.from),
    rootPasswordHash: "$6$salt$hash-of-the-password",
    authorizedKeys: "# of the host\nssh-ed25519 AAAAuser user@labhost\n\n",
    toolPublicKey: "ssh-ed25519 AAAAtool ikvswitch",
    switchKey: keyPair("switches"),
    keaHooks: "/usr/lib/x86_64-linux-gnu/kea/hooks",
    hostKeys: Object.fromEntries(
      fabric.nodes.map((node) => [node.name, keyPair(`host-${node.name}`).publicKey]),
    ),
    ...changes,
  };
}

export function identityOf(node: Node): NodeIdentity {
  return {
    machineId: (node.index + 1).toString(16).padStart(32, "0"),
    sshHostKey: keyPair(`host-${node.name}`),
  };
}

/** Returns a node's files from the shipped templates. */
export function render(
  fabric: Fabric,
  node: Node,
  site: SharedSettings = siteOf(fabric),
  templates: TemplateSet = shippedTemplates,
): readonly NodeFile[] {
  return renderNode(fabric, node, identityOf(node), site, templates);
}

export function nodeOf(fabric: Fabric, name: string): Node {
  const node = fabric.nodes.find((each) => each.name === name);
  if (node === undefined) {
    throw new Error(`this fabric has no ${name}`);
  }
  return node;
}

export function contentOf(files: readonly NodeFile[], path: string): string {
  const file = files.find((each) => each.path === path);
  if (file === undefined) {
    throw new Error(`there is no ${path} among ${files.map((each) => each.path).join(", ")}`);
  }
  return file.content;
}

function keyPair(name: string): KeyPair {
  return {
    privateKey: `(private key ${name})\n`,
    publicKey: `ssh-ed25519 AAAA${name} root@${name}\n`,
  };
}
