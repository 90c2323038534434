import { expect } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import type { NetnsSite } from "../netns-site.ts";

/** A fabric of seven switches. */
export const SETS = ["NUM_RACKS=2", "NUM_U=5"];
export const NODES = 7;

/** Shell conditions, each true from some phase of `up` on. */
export const MOMENTS = {
  "has made bridges": "[ -e /sys/class/net/ikhb ]",
  "has written a switch's files": "[ -e /run/ikvswitch/nodes/leaf4/node.cpio ]",
  "starts the netns": "[ -e /run/ikvswitch/nodes/internet/pid ]",
  "has started a netns": "[ -s /run/ikvswitch/nodes/leaf1/pid ]",
  "makes ports": "[ -e /sys/class/net/ikin1 ]",
  "has started routing": "grep -q bgpd /run/ikvswitch/logs/leaf4/log",
} as const;

export type Moment = keyof typeof MOMENTS;

/** Kills `up` with SIGKILL as soon as it has reached this phase. */
export async function killUpWhenIt(site: NetnsSite, moment: Moment): Promise<void> {
  const up = site.start(["up"]);
  // Polls without a pause, since the phase may be short.
  await site.host.shell(`until ${MOMENTS[moment]}; do :; done 2>/dev/null`);
  up.kill("SIGKILL");
  await up.output;
}

/** Expects an `up` after a killed one to complete the fabric. */
export async function expectCompletion(site: NetnsSite): Promise<void> {
  await site.ikvswitch(["up"]);
  expect(Object.keys(await site.pids())).toHaveLength(NODES);
  await site.ikvswitch(["net", "status"]);
}

/** Waits until nothing is left: the kernel lists killed processes for a moment. */
export async function untilNoneIsLeft(site: NetnsSite): Promise<void> {
  await pollUntil({ what: "nothing to be left", timeoutMs: 10_000, intervalMs: 50 }, async () => {
    const seen = await site.leftovers();
    return seen === "" ? { done: true, value: undefined } : { done: false, seen };
  });
}
