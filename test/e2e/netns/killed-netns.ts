import { expect } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import type { NetnsSite } from "../netns-site.ts";

/** A fabric of seven switches. */
export const SETS = ["NUM_RACKS=2", "NUM_U=5"];
export const NODES = 7;

/** Conditions for a shell, each true from some moment of `up` on. */
export const MOMENTS = {
  "has made bridges": "[ -e /sys/class/net/ikhb ]",
  "has written a switch's files": "[ -e /run/ikvswitch/nodes/leaf4/node.cpio ]",
  "starts the netns": "[ -e /run/ikvswitch/nodes/internet/pid ]",
  "has started a netns": "[ -s /run/ikvswitch/nodes/leaf1/pid ]",
  "makes ports": "[ -e /sys/class/net/ikin1 ]",
  "has started routing": "grep -q bgpd /run/ikvswitch/logs/leaf4/log",
} as const;

export type Moment = keyof typeof MOMENTS;

/** Kill `up` outright as soon as it has come that far. */
export async function killUpWhenIt(site: NetnsSite, moment: Moment): Promise<void> {
  const up = site.start(["up"]);
  // Looks without a pause, lest the moment be over.
  await site.host.shell(`until ${MOMENTS[moment]}; do :; done 2>/dev/null`);
  up.kill("SIGKILL");
  await up.output;
}

/** That an `up` after a killed one makes a whole fabric of what it finds. */
export async function expectCompletion(site: NetnsSite): Promise<void> {
  await site.ikvswitch(["up"]);
  expect(Object.keys(await site.pids())).toHaveLength(NODES);
  await site.ikvswitch(["net", "status"]);
}

/** A process that was killed is listed for as long as the kernel takes. */
export async function untilNoneIsLeft(site: NetnsSite): Promise<void> {
  await pollUntil({ what: "nothing to be left", timeoutMs: 10_000, intervalMs: 50 }, async () => {
    const seen = await site.leftovers();
    return seen === "" ? { done: true, value: undefined } : { done: false, seen };
  });
}
