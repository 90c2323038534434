import { pollUntil } from "../../../src/system/poll.ts";
import type { NetnsSite } from "../netns-site.ts";

interface SwitchStatus {
  readonly name: string;
  readonly state: string;
  readonly sessions: { readonly up: number | null; readonly planned: number };
  readonly reachable: boolean;
  readonly vnc: string | null;
  readonly saved: readonly string[];
}

export async function status(site: NetnsSite): Promise<readonly SwitchStatus[]> {
  const answer = (await site.json(["status"], [0, 4])) as { readonly switches: readonly SwitchStatus[] };
  return answer.switches;
}

/** Waits until the changed fabric is as planned again. */
export async function untilConverged(site: NetnsSite): Promise<void> {
  await pollUntil({ what: "convergence", timeoutMs: 60_000, intervalMs: 200 }, async () => {
    const { exitCode, stdout } = await site.ikvswitch(["status"], [0, 4]);
    return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stdout };
  });
}
