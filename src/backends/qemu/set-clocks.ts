import { CommandError, TimeoutError } from "../../errors.ts";
import { type GuestAgent, withGuestAgent } from "../../qemu/guest-agent.ts";
import { mapAtOnce } from "../../system/at-once.ts";
import type { Host } from "../../system/host.ts";
import type { NodeFolder } from "./node-folder.ts";

const TIMEOUT_MS = 30_000;
const TOLERANCE_MS = 5_000;
const NANOSECONDS = 1_000_000;

/**
 * Sets the clocks of resumed switches, `atOnce` at a time. It takes an emulated switch a third of a second of CPU time;
 * all of them together would keep each other from answering for longer than their sessions tolerate.
 */
export async function setClocks(host: Host, nodes: readonly NodeFolder[], atOnce: number): Promise<void> {
  await mapAtOnce(nodes, atOnce, ({ agent }) =>
    withGuestAgent(host, { socket: agent, timeoutMs: TIMEOUT_MS }, setClock),
  );
}

/** The agent sets the clock, and then fails to write it to the hardware clock. That is the host's and already right. */
async function setClock(inside: GuestAgent): Promise<void> {
  await inside.execute("guest-set-time", { time: Date.now() * NANOSECONDS }).catch((error: unknown) => {
    if (!(error instanceof CommandError)) {
      throw error;
    }
  });
  const now = Number(await inside.execute("guest-get-time")) / NANOSECONDS;
  if (Math.abs(Date.now() - now) > TOLERANCE_MS) {
    throw new TimeoutError("setting the clock", TOLERANCE_MS, new Date(now).toISOString());
  }
}
