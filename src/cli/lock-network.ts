import type { Host } from "../system/host.ts";
import { withLock } from "../system/lock.ts";
import { interrupted } from "./context.ts";

/** Bringing up nine switches without KVM takes a minute at worst; whoever holds the lock longer hangs. */
const TIMEOUT_MS = 10 * 60_000;

/** Do work that changes the network while no other ikvswitch does, and tell the user when that means waiting. */
export function lockNetwork<T>(host: Host, action: string, work: () => Promise<T>): Promise<T> {
  return withLock(
    host,
    {
      purpose: `ikvswitch ${action}`,
      timeoutMs: TIMEOUT_MS,
      interrupted,
      onWait: (holder) => process.stderr.write(`Waiting for another ikvswitch to finish (${holder}).\n`),
    },
    work,
  );
}
