import type { Settings } from "../../config/settings.ts";
import { CommandError } from "../../errors.ts";
import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { type Instance, type InstanceStatus, instances } from "../../incus/instances.ts";
import { clusterMembers } from "../../incus/members.ts";
import type { Host } from "../../system/host.ts";
import type { ObservedMembers, ObservedSwitch } from "../model/backend.ts";
import { instanceOf, readClusterFile } from "./cluster-file.ts";
import { limitsOf } from "./limits.ts";
import { switchesOf } from "./names.ts";

/**
 * A report must not wait for a member that hangs, as calls about its instances do. If the first address does not answer,
 * the next one is tried after four seconds.
 */
const LIMIT_MS = 8_000;

export async function observeClusterMembers(host: Host, settings: Settings): Promise<ObservedMembers> {
  const trusted = await trustedCluster(host, settings);
  const cluster: Cluster = { ...trusted, get: (path, query) => trusted.get(path, query, LIMIT_MS) };
  const [members, switches] = await Promise.all([
    clusterMembers(cluster),
    observeSwitches(host, cluster, settings.runDir),
  ]);
  return { members: members.map(({ name, online, message }) => ({ name, online, message })), switches };
}

const STATES: Readonly<Record<InstanceStatus, ObservedSwitch["state"]>> = {
  ...{ Running: "running", Stopped: "stopped", Frozen: "frozen", Error: "error" },
};

async function observeSwitches(
  host: Host,
  cluster: Cluster,
  runDir: string,
): Promise<ObservedMembers["switches"]> {
  try {
    const [all, file] = await Promise.all([instances(cluster), readClusterFile(host, runDir)]);
    const isCurrent = (node: string, { name }: Instance) =>
      file !== undefined && instanceOf(file, runDir, node) === name;
    return [...switchesOf(all, runDir, isCurrent)].map(([name, instance]) => ({
      name,
      member: instance.member,
      state: STATES[instance.status],
      ...limitsOf(instance),
    }));
  } catch (error) {
    if (error instanceof CommandError && error.end.timedOut) {
      return null;
    }
    throw error;
  }
}
