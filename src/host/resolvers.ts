import type { Settings } from "../config/settings.ts";
import { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";

/** If resolv.conf names only a resolver on the host itself, systemd-resolved lists the real ones in the second file. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/** Returns the DNS servers for switches and servers: the configured ones, or else the host's. May be empty. */
export async function dnsServers(
  host: Host,
  settings: Pick<Settings, "dnsServers">,
): Promise<readonly Address[]> {
  if (settings.dnsServers.length > 0) {
    return settings.dnsServers;
  }
  for (const path of RESOLVER_FILES) {
    const servers = parseResolvers((await host.readFile(path)) ?? "");
    if (servers.length > 0) {
      return servers;
    }
  }
  return [];
}

/** Returns IPv4 resolvers only, since switches have no IPv6 beyond the fabric, and none on the host's loopback. */
export function parseResolvers(resolvConf: string): readonly Address[] {
  // As in the C library, the address ends at a blank or at the start of a comment.
  return [...resolvConf.matchAll(/^nameserver[ \t]+([^\s;#]+)/gm)]
    .flatMap((match) => Address.parse(match[1] ?? "") ?? [])
    .filter((address) => address.family === 4 && !address.isLoopback);
}
