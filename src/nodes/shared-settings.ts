import type { Settings } from "../config/settings.ts";
import { dnsServers } from "../host/resolvers.ts";
import type { SharedSettings } from "../render/types.ts";
import { findArchitecture } from "../system/architecture.ts";
import type { Host } from "../system/host.ts";
import type { Identities } from "./identity.ts";

/** Names of Debian's folders for libraries of an architecture. */
const DEBIAN_TRIPLETS = { x86_64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" } as const;

/** Returns the settings of the host that are in the files of all switches. */
export async function sharedSettings(
  host: Host,
  settings: Settings,
  identities: Identities,
): Promise<SharedSettings> {
  const [hostName, servers, architecture, authorizedKeys] = await Promise.all([
    host.run({ file: "hostname", args: [] }),
    dnsServers(host, settings),
    findArchitecture(host),
    settings.authorizedKeys === "" ? "" : host.readFile(settings.authorizedKeys),
  ]);
  return {
    hostName: hostName.stdout.trim(),
    dnsServers: servers,
    rootPasswordHash: identities.rootPasswordHash,
    authorizedKeys: authorizedKeys ?? "",
    toolPublicKey: identities.toolKey.publicKey.trim(),
    switchKey: identities.switchKey,
    keaHooks: `/usr/lib/${DEBIAN_TRIPLETS[architecture]}/kea/hooks`,
    hostKeys: Object.fromEntries(
      Object.entries(identities.nodes).map(([name, node]) => [name, node.sshHostKey.publicKey.trim()]),
    ),
  };
}
