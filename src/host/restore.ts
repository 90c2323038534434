import { fabricAlias } from "../fabric/mark.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { findFabrics } from "./fabrics.ts";
import { leftoverActions } from "./firewall/leftovers.ts";
import { type Phase, withoutEmpty } from "./model/actions.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import {
  findRecord,
  formatRecord,
  type HostBefore,
  mergeRecords,
  recordPath,
  sysctlsToRestore,
} from "./record.ts";

/**
 * Returns the phases that restore the host's own settings, once all that is ours is gone. While other fabrics need our
 * settings, one of them gets the record instead: the last one restores the host's. The record is deleted last: as long
 * as it exists, a stop that was killed can be repeated.
 *
 * @param observed state with our firewall rules still in place.
 * @param onWarning called if the record of the host's settings is damaged.
 */
export async function restorePhases(
  host: Host,
  fabric: Fabric,
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
  const deletion: Phase = {
    title: "Delete the record of the host's settings",
    actions: (await host.list(stateDir)).includes(path.slice(stateDir.length + 1))
      ? [{ kind: "remove-file" as const, path }]
      : [],
  };
  const [heir] = findFabrics(observed.devices).filter(
    (other) => fabricAlias(other.stateDir, other.runDir) !== fabric.host.mark.alias,
  );
  if (heir !== undefined) {
    return withoutEmpty([...(await handOver(host, record, heir.stateDir)), deletion]);
  }
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
    deletion,
  ]);
}

/** Returns the phase that gives the record of the host's settings to another fabric. */
async function handOver(host: Host, record: HostBefore | null, stateDir: string): Promise<readonly Phase[]> {
  const theirs = await findRecord(host, stateDir);
  // A damaged record stays: that fabric's own `down` reports it.
  if (record === null || theirs.kind === "damaged") {
    return [];
  }
  const merged = theirs.kind === "whole" ? mergeRecords(record, theirs.document) : record;
  return [
    {
      title: "Leave the host's settings to another fabric",
      actions: [
        {
          kind: "write-file",
          path: recordPath(stateDir),
          content: formatRecord(merged),
          mode: 0o600,
        },
      ],
    },
  ];
}
