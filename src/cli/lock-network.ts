import { foldersAbove } from "../config/fabric-name.ts";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { type LockOptions, withLock } from "../system/lock.ts";
import { type Context, interrupted } from "./context.ts";
import { tell } from "./output.ts";
import { fabricHosts } from "./place.ts";

/** Nine switches without KVM take a minute to start; a process that holds the lock longer than this hangs. */
const TIMEOUT_MS = 10 * 60_000;

/** Changes the network under the lock, and informs the user when another ikvswitch process holds it. */
function lockNetwork<T>(host: Host, action: string, work: () => Promise<T>): Promise<T> {
  return withLock(host, lockOptions(action), work);
}

function lockOptions(action: string): LockOptions {
  return {
    purpose: `ikvswitch ${action}`,
    timeoutMs: TIMEOUT_MS,
    interrupted,
    onWait: (holder) => tell(`Waiting for another ikvswitch process (${holder}).`),
  };
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
    return context.fabric.cluster === undefined ? work() : lockMembers(context, action, work);
  });
}

/** Others may change the same fabric from hosts of their own. */
async function lockMembers<T>(context: Context, action: string, work: () => Promise<T>): Promise<T> {
  const { withMembersLock } = await import("../hosts/lock-members.ts");
  const { runDir } = context.settings;
  return withMembersLock(await fabricHosts(context), { ...lockOptions(action), runDir }, work);
}

/** @throws PreflightError with everything that this fabric would share with others on this host. */
export async function refuseClashes(context: Context): Promise<void> {
  const { observeClashes } = await import("./clashes.ts");
  const clashes = await observeClashes(context);
  if (clashes.length > 0) {
    throw new PreflightError(clashes);
  }
}
