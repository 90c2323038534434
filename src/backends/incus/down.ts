import type { Cluster } from "../../incus/client.ts";
import { trustedCluster } from "../../incus/connect.ts";
import { changeState, deleteInstance, type Instance, instances } from "../../incus/instances.ts";
import type { StopOutcome } from "../../nodes/machines.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import type { DownReport } from "../model/backend.ts";
import { clusterFilePath, readClusterFile } from "./cluster-file.ts";
import { keepLeases } from "./leases.ts";
import { switchesOf } from "./names.ts";

const AT_ONCE = 16;

/**
 * Deletes all of this fabric's instances, without grace: they have no data to write, and their neighbors end too. The
 * image and its volumes stay, for the next `up`.
 */
export async function deleteContainers(
  host: Host,
  runDir: string,
  onWarning: (text: string) => void,
): Promise<DownReport> {
  const file = await readClusterFile(host, runDir);
  if (file === undefined) {
    return {};
  }
  const { stateDir } = file;
  const cluster = await trustedCluster(host, { stateDir, cluster: file });
  const switches = switchesOf(await instances(cluster), runDir);
  const outcomes = await mapAtOnce([...switches], AT_ONCE, async ([node, instance]) => {
    const outcome = await end(cluster, instance);
    await keepLeases(host, cluster, instance, { stateDir, onWarning });
    await deleteInstance(cluster, instance.name);
    return [node, outcome] as const;
  });
  await host.remove(clusterFilePath(runDir));
  return Object.fromEntries(outcomes);
}

async function end(cluster: Cluster, { name, status }: Instance): Promise<StopOutcome> {
  if (status === "Stopped") {
    return "was off";
  }
  await changeState(cluster, name, { action: "stop", force: true });
  return "clean";
}
