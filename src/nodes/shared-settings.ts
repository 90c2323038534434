import type { Settings } from "../config/settings.ts";
import { dnsServers } from "../host/resolvers.ts";
import type { SharedSettings } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import type { Identities } from "./identity.ts";

/** Returns the settings of the host that are in the files of all switches. */
export async function sharedSettings(
  host: Host,
  settings: Settings,
  identities: Identities,
): Promise<SharedSettings> {
  const [hostName, servers, authorizedKeys] = await Promise.all([
    host.run({ file: "hostname", args: [] }),
    dnsServers(host, settings),
    settings.authorizedKeys === "" ? "" : host.readFile(settings.authorizedKeys),
  ]);
  return {
    hostName: hostName.stdout.trim(),
    dnsServers: servers,
    rootPasswordHash: identities.rootPasswordHash,
    authorizedKeys: authorizedKeys ?? "",
    toolPublicKey: identities.toolKey.publicKey.trim(),
    switchKey: identities.switchKey,
    hostKeys: Object.fromEntries(
      Object.entries(identities.nodes).map(([name, node]) => [name, node.sshHostKey.publicKey.trim()]),
    ),
  };
}
