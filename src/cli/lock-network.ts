import type { FabricFolders } from "../host/other-fabric.ts";
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
 * @throws PreflightError before the work begins, if another fabric is on this host.
 */
export function lockFabric<T>(context: Context, action: string, work: () => Promise<T>): Promise<T> {
  return lockNetwork(context.host, action, async () => {
    await refuseOtherFabric(context);
    return work();
  });
}

/** @throws PreflightError if the fabric on this host is not that of this configuration. */
export async function refuseOtherFabric(context: Context): Promise<void> {
  const { refuseOtherFabric: refuse } = await import("../host/other-fabric.ts");
  await refuse(context.host, fabricFolders(context));
}

function fabricFolders({ loaded: { config } }: Context): FabricFolders {
  return { stateDir: config.STATE_DIR, runDir: config.RUN_DIR };
}
