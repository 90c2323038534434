import type { Cluster } from "../../incus/client.ts";
import { changeState, type Instance } from "../../incus/instances.ts";
import type { StopOutcome } from "../../nodes/machines.ts";

/** Stops an instance that is to be deleted, without grace: it has no data to write. */
export async function endInstance(
  cluster: Cluster,
  { name, status }: Pick<Instance, "name" | "status">,
): Promise<StopOutcome> {
  if (status === "Stopped") {
    return "was off";
  }
  await changeState(cluster, name, { action: "stop", force: true });
  return "clean";
}
