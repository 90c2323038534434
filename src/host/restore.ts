import type { Host } from "../system/host.ts";
import { leftoverActions } from "./firewall/leftovers.ts";
import { type Phase, withoutEmpty } from "./model/actions.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { findRecord, type HostBefore, recordPath, sysctlsToRestore } from "./record.ts";

/**
 * Returns the phases that restore the host's own settings, once all that is ours is gone. The record is deleted last:
 * as long as it exists, a stop that was killed can be repeated.
 *
 * @param observed state with our firewall rules still in place.
 * @param onWarning called if the record of the host's settings is damaged.
 */
export async function restorePhases(
  host: Host,
  observed: ObservedNetwork,
  stateDir: string,
  onWarning: (text: string) => void,
): Promise<readonly Phase[]> {
  const path = recordPath(stateDir);
  const found = await findRecord(host, stateDir);
  if (found.kind === "damaged") {
    onWarning(
      `${path} is damaged: ${found.reason}. Cannot restore the host's settings; check net.ipv4.ip_forward.`,
    );
  }
  const record: HostBefore | null = found.kind === "whole" ? found.document : null;
  const sysctls = await sysctlsToRestore(host, record);
  return withoutEmpty([
    {
      title: "Remove firewall tables that did not exist before",
      actions: await leftoverActions(host, observed.firewall, record?.firewall ?? null),
    },
    // One after another: the first of them changes the others.
    ...sysctls.map((sysctl) => ({
      title: `Restore ${sysctl.path.replace("/proc/sys/", "")} to ${sysctl.value}`,
      actions: [{ kind: "write-kernel-file" as const, path: sysctl.path, content: `${sysctl.value}\n` }],
    })),
    {
      title: "Delete the record of the host's settings",
      actions: (await host.list(stateDir)).includes(path.slice(stateDir.length + 1))
        ? [{ kind: "remove-file" as const, path }]
        : [],
    },
  ]);
}
