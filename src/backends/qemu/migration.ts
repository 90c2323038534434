import { CommandError } from "../../errors.ts";
import { pollUntil } from "../../system/poll.ts";
import type { Qmp } from "./qmp.ts";

const INTERVAL_MS = 10;

export interface MigrationOptions {
  /** Which of QEMU's two ways was begun, for messages. */
  readonly command: "migrate" | "migrate-incoming";
  /** What is waited for, for the message that it did not come in time. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Begins the message of a failure; absent: nothing. */
  readonly prefix?: string;
}

/**
 * Wait until QEMU has sent or taken a machine's state.
 * @throws CommandError with QEMU's own words when it fails; TimeoutError when it takes too long.
 */
export async function untilMigrated(
  qmp: Qmp,
  { command, what, timeoutMs, prefix = "" }: MigrationOptions,
): Promise<void> {
  await pollUntil({ what, timeoutMs, intervalMs: INTERVAL_MS }, async () => {
    // Before the first byte there is no status.
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
