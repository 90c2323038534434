import { setTimeout as pause } from "node:timers/promises";
import type { Fabric } from "../../fabric/types.ts";
import type { NetworkHost } from "../../hosts/network-host.ts";
import type { Machines } from "../../nodes/machines.ts";
import type { Server } from "../../servers/server.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { sampleCounters } from "../../traffic/counters.ts";
import type { Gap, Reception } from "../probe/gaps.ts";
import { findPath, type StreamPath } from "./path.ts";
import { breakage, type Scenario } from "./scenarios.ts";
import { type ProbeProgram, type Stream, startStream } from "./stream.ts";

export interface Bench {
  readonly host: Host;
  /** Those of the fabric's network. */
  readonly hosts: readonly NetworkHost[];
  readonly machines: Machines;
  readonly fabric: Fabric;
  readonly servers: readonly [Server, Server];
  readonly program: ProbeProgram;
  readonly perSecond: number;
}

/** Effect of one breakage on the stream. */
export interface Trial {
  /** The broken element. */
  readonly element: string;
  /** Between the last probe received before the longest gap and the first one after it, by their sending times. */
  readonly gapMs: number;
  /** All probes that were never received, including those of other gaps. */
  readonly lost: number;
}

/** Time for the stream to recover from a breakage: longer than BGP's hold time, which is the last resort. */
const RECOVERY_TIMEOUT_MS = 30_000;
const START_TIMEOUT_MS = 10_000;
/** Long enough to tell the stream from other traffic, on a busy host. */
const PATH_SAMPLE_MS = 300;
/** Number of consecutive samples of the stream's path that have to agree. */
const SAME_SAMPLES = 3;
/** Observation time after a breakage, even if the stream continues: routing may change a second time. */
const WATCH_MS = 2_000;
const FIRST_PORT = 20_000;

/**
 * Breaks an element of the stream's path, and measures how long the stream is interrupted. The element is repaired in
 * any case; the fabric is not waited for.
 * @throws TimeoutError if the stream has no single path, or does not recover.
 */
export async function runTrial(bench: Bench, scenario: Scenario, number: number): Promise<Trial> {
  const { host, machines, fabric, servers, program, perSecond } = bench;
  const stream = await startStream(host, program, servers, { perSecond, fromPort: FIRST_PORT + number });
  try {
    await stream.untilSteady(perSecond / 5, START_TIMEOUT_MS);
    const path = await observePath(bench);
    const broken = breakage(bench.hosts, machines, fabric, scenario, path, number);
    try {
      const brokenMs = Number(process.hrtime.bigint()) / 1e6;
      await broken.break();
      await pause(WATCH_MS);
      await stream.untilSteady(perSecond / 2, RECOVERY_TIMEOUT_MS);
      await untilAvoided(bench, scenario, path, number);
      await stream.untilSteady(perSecond / 2, RECOVERY_TIMEOUT_MS);
      return evaluate(broken.element, await stream.finish(), brokenMs);
    } finally {
      await broken.mend();
    }
  } finally {
    await end(stream);
  }
}

function evaluate(element: string, { gaps }: Reception, brokenMs: number): Trial {
  const since = gaps.filter(({ toMs }) => toMs >= brokenMs);
  const longest = since.reduce<Gap | undefined>(
    (longest, gap) => (longest === undefined || lengthOf(gap) > lengthOf(longest) ? gap : longest),
    undefined,
  );
  return {
    element,
    gapMs: longest === undefined ? 0 : Math.round(lengthOf(longest) * 10) / 10,
    lost: since.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function lengthOf({ fromMs, toMs }: Gap): number {
  return toMs - fromMs;
}

/**
 * Returns the stream's path, once it has been the same for a while: routing may not have all equal paths yet.
 * @throws TimeoutError if the counters show no single path.
 */
async function observePath(bench: Bench): Promise<StreamPath> {
  const options = { what: "the stream to use a single path", timeoutMs: START_TIMEOUT_MS, intervalMs: 0 };
  let last = "";
  let same = 0;
  return pollUntil(options, async () => {
    const path = await samplePath(bench);
    const seen = typeof path === "string" ? path : [path.upLeaf, path.spine, path.downLeaf].join(" → ");
    same = seen === last ? same + 1 : 1;
    last = seen;
    return typeof path === "string" || same < SAME_SAMPLES
      ? { done: false, seen }
      : { done: true, value: path };
  });
}

async function samplePath({ hosts, fabric, servers, perSecond }: Bench): Promise<StreamPath | string> {
  const before = await sampleCounters(hosts);
  await pause(PATH_SAMPLE_MS);
  const [a, b] = servers;
  return findPath(fabric, [a.plan, b.plan], perSecond, before, await sampleCounters(hosts));
}

/**
 * Waits until the stream avoids the broken element: a trial counts only if the element carried the stream before, and
 * no longer does. On a busy host this may take a while without any loss: a switch that has announced its shutdown to
 * its neighbors forwards until it is off.
 */
async function untilAvoided(
  bench: Bench,
  scenario: Scenario,
  before: StreamPath,
  number: number,
): Promise<void> {
  const { hosts, machines, fabric } = bench;
  const elementOf = (path: StreamPath) => breakage(hosts, machines, fabric, scenario, path, number).element;
  const what = `the stream's avoiding ${elementOf(before)}`;
  await pollUntil({ what, timeoutMs: RECOVERY_TIMEOUT_MS, intervalMs: 0 }, async () => {
    const path = await samplePath(bench);
    return typeof path !== "string" && elementOf(path) !== elementOf(before)
      ? { done: true, value: undefined }
      : { done: false, seen: typeof path === "string" ? path : "still on that path" };
  });
}

async function end(stream: Stream): Promise<void> {
  await stream.finish().catch(() => {});
}
