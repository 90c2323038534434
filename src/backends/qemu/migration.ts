import { CommandError } from "../../errors.ts";
import type { Qmp } from "../../qemu/qmp.ts";
import { pollUntil } from "../../system/poll.ts";

const INTERVAL_MS = 10;

export interface MigrationOptions {
  /** The QMP command that began the migration, for messages. */
  readonly command: "migrate" | "migrate-incoming";
  /** The awaited result, for the message of a timeout. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Prefix of a failure's message; absent: none. */
  readonly prefix?: string;
}

/**
 * Waits until QEMU has sent or received a VM's state.
 * @throws CommandError with QEMU's error message if it fails; TimeoutError if it takes too long.
 */
export async function untilMigrated(
  qmp: Qmp,
  { command, what, timeoutMs, prefix = "" }: MigrationOptions,
): Promise<void> {
  await pollUntil({ what, timeoutMs, intervalMs: INTERVAL_MS }, async () => {
    // The status is absent before the first byte.
    const { status = "waiting", "error-desc": reason } = (await qmp.execute("query-migrate")) as Migration;
    if (status === "failed" || status === "cancelled") {
      throw new CommandError(`QMP ${command}`, undefined, `${prefix}${reason ?? `QEMU says: ${status}`}`);
    }
    return status === "completed" ? { done: true, value: undefined } : { done: false, seen: status };
  });
}

interface Migration {
  readonly status?: string;
  readonly "error-desc"?: string;
}
