import { hasStatus } from "../../incus/answer.ts";
import type { Cluster } from "../../incus/client.ts";
import { pullFile, pushFile } from "../../incus/files.ts";
import type { Instance } from "../../incus/instances.ts";
import { LEASES_BYTES } from "../../nodes/leases-file.ts";
import { statePaths } from "../../nodes/state-paths.ts";
import type { Host } from "../../system/host.ts";
import { writeStateFile } from "../../system/state-file.ts";
import { LEASES_PATH } from "./files.ts";
import { KEYS } from "./names.ts";

/** Gives a new instance the DHCP leases that were kept when an earlier one was deleted. */
export async function restoreLeases(
  host: Host,
  cluster: Cluster,
  { instance, file }: { readonly instance: string; readonly file: string },
): Promise<void> {
  const content = await host.readBytes(file, { maxBytes: LEASES_BYTES }).catch(() => undefined);
  if (content !== undefined) {
    await pushFile(cluster, instance, { path: LEASES_PATH, content, mode: 0o600 });
  }
}

/**
 * Keeps the DHCP leases of an instance that is about to be deleted, in STATE_DIR.
 * @param onWarning called if that is not possible.
 */
export async function keepLeases(
  host: Host,
  cluster: Cluster,
  { name, config }: Pick<Instance, "name" | "config">,
  { stateDir, onWarning }: { readonly stateDir: string; readonly onWarning: (text: string) => void },
): Promise<void> {
  const node = config[KEYS.node];
  if (config[KEYS.dhcp] === undefined || node === undefined) {
    return;
  }
  try {
    const content = await pullFile(cluster, name, LEASES_PATH, LEASES_BYTES);
    await writeStateFile(host, `${statePaths(stateDir).leases}/${node}`, content, 0o600);
  } catch (error) {
    // It was never started.
    if (!hasStatus(error, 404)) {
      onWarning(`cannot keep the DHCP leases of ${node}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
