import type { ClusterSettings } from "../config/settings.ts";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import type { PinnedServer } from "../system/https/server.ts";
import { type Cluster, clusterClient } from "./client.ts";
import { readIdentity } from "./identity.ts";
import { clusterFolder, readTrust, serverAddresses } from "./trust-file.ts";

/**
 * Returns the cluster that `trust` has made known. Connects to nothing yet.
 * @throws PreflightError if there is none, or our certificate has expired.
 */
export async function trustedCluster(
  host: Host,
  settings: { readonly stateDir: string; readonly cluster: ClusterSettings },
): Promise<Cluster> {
  const folder = clusterFolder(settings.stateDir);
  const [record, identity] = await Promise.all([readTrust(host, folder), readIdentity(host, folder)]);
  if (record === undefined || identity === undefined) {
    throw new PreflightError([
      {
        what:
          record === undefined
            ? "no cluster of Incus or LXD trusts this host"
            : `the certificate with which the cluster knows this host is missing or has expired: ${folder}`,
        why: "BACKEND=incus runs the switches there",
        fix: `on a member, run 'incus config trust add ikvswitch --restricted --projects ${settings.cluster.project}'; here, 'ikvswitch trust TOKEN' with the token that it prints`,
      },
    ]);
  }
  const { fingerprint } = record;
  const addresses = serverAddresses(settings.cluster.urls, record.addresses);
  return clusterAt(host, { addresses, fingerprint, identity }, settings.cluster.project);
}

/** Returns a project of the cluster that this server is a member of: all members have the same certificate. */
export function clusterAt(host: Host, server: PinnedServer, project: string): Cluster {
  return clusterClient(host.https(server), project, (url) =>
    host.https({ ...server, addresses: serverAddresses([url], []) }),
  );
}
