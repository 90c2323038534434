import { foldersAbove } from "../config/fabric-name.ts";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { withLock } from "../system/lock.ts";
import { type Context, interrupted } from "./context.ts";
import { tell } from "./output.ts";

/** Nine switches without KVM take a minute to start; a process that holds the lock longer than this hangs. */
const TIMEOUT_MS = 10 * 60_000;

/** Changes the network under the lock, and informs the user when another ikvswitch process holds it. */
function lockNetwork<T>(host: Host, action: string, work: () => Promise<T>): Promise<T> {
  return withLock(
    host,
    {
      purpose: `ikvswitch ${action}`,
      timeoutMs: TIMEOUT_MS,
      interrupted,
      onWait: (holder) => tell(`Waiting for another ikvswitch process (${holder}).`),
    },
    work,
  );
}

/**
 * As `lockNetwork`, for work on the fabric of this configuration.
 * @throws PreflightError before the work begins, if another fabric on this host has something of this one.
 */
export function lockFabric<T>(context: Context, action: string, work: () => Promise<T>): Promise<T> {
  return lockNetwork(context.host, action, async () => {
    await refuseClashes(context);
    // Folders above would otherwise be made with the mode of ordinary ones.
    for (const folder of foldersAbove(context.settings.stateDir)) {
      await context.host.makeDirectory(folder, 0o700);
    }
    return work();
  });
}

/** @throws PreflightError with everything that this fabric would share with others on this host. */
export async function refuseClashes(context: Context): Promise<void> {
  const { observeClashes } = await import("./clashes.ts");
  const clashes = await observeClashes(context);
  if (clashes.length > 0) {
    throw new PreflightError(clashes);
  }
}
