import { fieldsOf, objectsIn, textOf } from "../untrusted-json.ts";
import type { Cluster } from "./client.ts";

export interface ClusterMember {
  readonly name: string;
  /** `https://10.0.0.1:8443` */
  readonly url: string;
  /** True if its heartbeats arrive: a frozen or killed member counts as online for 10 to 20 s more. */
  readonly online: boolean;
  /** True if an administrator has taken it out of use. It counts as offline. */
  readonly isEvacuated: boolean;
  /** What the server says about its state. */
  readonly message: string;
  /** `x86_64` */
  readonly architecture: string;
}

/** Returns the members of the cluster, sorted by name. */
export async function clusterMembers(
  cluster: Cluster,
  timeoutMs?: number,
): Promise<readonly ClusterMember[]> {
  const members = objectsIn(await cluster.get("/1.0/cluster/members", { recursion: "1" }, timeoutMs));
  return members
    .map((member) => ({
      name: textOf(member.server_name, ""),
      url: textOf(member.url, ""),
      online: member.status === "Online",
      isEvacuated: member.status === "Evacuated",
      message: textOf(member.message, ""),
      architecture: textOf(member.architecture, ""),
    }))
    .filter(({ name }) => name !== "")
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What a server says of itself. */
export interface ServerFacts {
  /** `incus` or `lxd`. */
  readonly engine: string;
  readonly version: string;
  /** True if it trusts our certificate. */
  readonly trusted: boolean;
  /** True if it is a member of a cluster. Unknown, and false, where it does not trust us. */
  readonly clustered: boolean;
}

export async function serverFacts(cluster: Cluster): Promise<ServerFacts> {
  const server = fieldsOf(await cluster.get("/1.0"));
  const environment = fieldsOf(server.environment);
  return {
    engine: textOf(environment.server, ""),
    version: textOf(environment.server_version, ""),
    trusted: server.auth === "trusted",
    clustered: environment.server_clustered === true,
  };
}
