import type { Settings } from "../config/settings.ts";
import { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";

/** Where resolv.conf names only a resolver on the machine itself, systemd-resolved keeps the real ones here. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

/** The DNS servers that switches and servers are told of: the configured ones, or the host's. May be none. */
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

/** Switches have IPv4 only beyond the fabric, and the host's loopback is not theirs. */
export function parseResolvers(resolvConf: string): readonly Address[] {
  // As the C library reads it: the address ends at a blank or at what begins a comment.
  return [...resolvConf.matchAll(/^nameserver[ \t]+([^\s;#]+)/gm)]
    .flatMap((match) => Address.parse(match[1] ?? "") ?? [])
    .filter((address) => address.family === 4 && !address.isLoopback);
}
