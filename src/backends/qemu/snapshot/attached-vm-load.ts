import { pipeline } from "node:stream/promises";
import { CommandError } from "../../../errors.ts";
import { withQmp } from "../../../qemu/qmp.ts";
import type { Host } from "../../../system/host.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { untilMigrated } from "../migration.ts";
import { attachedVmState } from "./attached-vm-state.ts";

const QMP_TIMEOUT_MS = 10_000;
const STATE_TIMEOUT_MS = 10 * 60_000;

/** Returns the reason why a VM of the user can't be given its state; null if it can. */
export async function incomingProblem(host: Host, { name, qmp: socket }: AttachedVm): Promise<string | null> {
  try {
    const { status } = (await withQmp(host, { socket, timeoutMs: QMP_TIMEOUT_MS }, (qmp) =>
      qmp.execute("query-status"),
    )) as { readonly status: string };
    return status === "inmigrate"
      ? null
      : `${name}: QEMU reports "${status}"; start it as before, with -incoming defer`;
  } catch (error) {
    if (error instanceof CommandError) {
      return `${name}: ${error.stderr}`;
    }
    throw error;
  }
}

/** Loads the saved state into a VM that waits for it. The VM is paused afterwards, as it was when it was saved. */
export async function loadAttachedVm(
  host: Host,
  folder: string,
  { name, qmp: socket }: AttachedVm,
): Promise<void> {
  const inlet = `${socket}.ikvswitch`;
  await host.remove(inlet);
  try {
    await withQmp(host, { socket, timeoutMs: STATE_TIMEOUT_MS }, async (qmp) => {
      await qmp.execute("migrate-incoming", { uri: `unix:${inlet}` });
      // QEMU may close the connection if it rejects the state; its own error message is the one to report.
      await pipeline(
        await host.readStream(`${folder}/${attachedVmState(name)}`),
        await host.connect(inlet),
      ).catch(() => {});
      await untilMigrated(qmp, {
        command: "migrate-incoming",
        what: `the state of ${name}`,
        timeoutMs: STATE_TIMEOUT_MS,
        prefix: `${name}: `,
      });
    });
  } finally {
    await host.remove(inlet);
  }
}
