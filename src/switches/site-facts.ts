import type { Config } from "../config/types.ts";
import { parseAddress } from "../fabric/address.ts";
import type { SiteFacts } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import type { Identities } from "./identity.ts";

/** What all switches' files tell of the host they run on. */
export async function siteFacts(host: Host, config: Config, identities: Identities): Promise<SiteFacts> {
  const [hostName, dnsServers, authorizedKeys] = await Promise.all([
    host.run({ file: "hostname", args: [] }),
    config.DNS_SERVERS.length > 0 ? config.DNS_SERVERS : resolvers(host),
    config.SSH_AUTHORIZED_KEYS === "" ? "" : host.readFile(config.SSH_AUTHORIZED_KEYS),
  ]);
  return {
    hostName: hostName.stdout.trim(),
    dnsServers,
    rootPasswordHash: identities.rootPasswordHash,
    authorizedKeys: authorizedKeys ?? "",
    toolPublicKey: identities.toolKey.publicKey.trim(),
    switchKey: identities.switchKey,
    hostKeys: Object.fromEntries(
      Object.entries(identities.nodes).map(([name, node]) => [name, node.sshHostKey.publicKey.trim()]),
    ),
  };
}

/** Where resolv.conf names only a resolver on the machine itself, systemd-resolved keeps the real ones here. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/** IPv4 addresses of the host's resolvers that others can ask too; may be none. */
async function resolvers(host: Host): Promise<readonly string[]> {
  for (const path of RESOLVER_FILES) {
    const servers = parseResolvers((await host.readFile(path)) ?? "");
    if (servers.length > 0) {
      return servers;
    }
  }
  return [];
}

/** Switches have IPv4 only beyond the fabric, and the host's loopback is not theirs. */
export function parseResolvers(resolvConf: string): readonly string[] {
  // As the C library reads it: the address ends at a blank or at what begins a comment.
  return [...resolvConf.matchAll(/^nameserver[ \t]+([^\s;#]+)/gm)]
    .map((match) => match[1] ?? "")
    .filter((address) => parseAddress(address) !== null)
    .filter((address) => !address.startsWith("127."));
}
