import { CommandError } from "../errors.ts";
import { mapAtOnce } from "../system/at-once.ts";
import { hasStatus } from "./answer.ts";
import type { Cluster } from "./client.ts";
import { findInstance, type Instance, instances } from "./instances.ts";
import { rootVolumes } from "./volumes.ts";

const AT_ONCE = 16;

/**
 * Returns the instances of the project, sorted by name, without waiting for members that don't answer: of an instance
 * there, only name and member are known. Its status is "Error", and its configuration is empty.
 *
 * The server's own list would wait half a minute for such a member, until it counts as offline. For a while after that,
 * it has instances of members that answer as if they did not.
 * @param pool storage pool of their root disks.
 * @param silent names of the members that don't answer.
 */
export async function listInstances(
  cluster: Cluster,
  { pool, silent }: { readonly pool: string; readonly silent: ReadonlySet<string> },
): Promise<readonly Instance[]> {
  const known = silent.size === 0 ? await instances(cluster) : await knownInstances(cluster, pool);
  return mapAtOnce(known, AT_ONCE, (one) =>
    isUnknown(one) && !silent.has(one.member) ? ask(cluster, one) : Promise.resolve(one),
  ).then((all) => all.flatMap((one) => one ?? []));
}

/** Reports whether nothing but an instance's name and member is known. */
function isUnknown({ status, config }: Instance): boolean {
  return status === "Error" && Object.keys(config).length === 0;
}

/** Undefined if it was deleted meanwhile. */
async function ask(cluster: Cluster, one: Instance): Promise<Instance | undefined> {
  try {
    return await findInstance(cluster, one.name);
  } catch (error) {
    if (!(error instanceof CommandError) || hasStatus(error, 403)) {
      throw error;
    }
    // Its member was lost just now.
    return one;
  }
}

/** Returns what the cluster's database knows. A member is unknown, and empty, if the disk is in another pool. */
async function knownInstances(cluster: Cluster, pool: string): Promise<readonly Instance[]> {
  const [urls, disks] = await Promise.all([cluster.get("/1.0/instances"), rootVolumes(cluster, pool)]);
  const members = new Map(disks.map(({ name, member }) => [name, member]));
  return instanceNames(urls).map((name) => ({
    name,
    member: members.get(name) ?? "",
    status: "Error",
    config: {},
    devices: {},
  }));
}

/** Returns the names in a list of URLs, sorted: `/1.0/instances/leaf1?project=fabric`. */
export function instanceNames(urls: unknown): readonly string[] {
  const texts = Array.isArray(urls) ? urls.filter((url) => typeof url === "string") : [];
  return texts
    .flatMap((url) => /^\/1\.0\/(?:instances|containers)\/([^/?]+)/.exec(url)?.[1] ?? [])
    .map(decodeURIComponent)
    .sort();
}
