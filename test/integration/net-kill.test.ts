import { beforeEach, describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { captureState, type HostState } from "./host-state.ts";
import { ikvswitch, ikvswitchArguments } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();
let before: HostState;

beforeEach(async () => {
  before = await captureState(test.host);
});

const POINTS = 50;
const STOP_POINTS = 10;
const SEED = 0x696b;
/** Smaller than as shipped, since stopping takes time by the bridge: 55 interfaces on 28 bridges. */
const SIZE = ["--set", "NUM_U=4"];
const AS_PLANNED = "as planned: 55 network interfaces, 28 bridges";

/** Numbers from 0 to 1, the same in every run (a linear congruential generator, Numerical Recipes' constants). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** When to kill: after a time, or once the kernel has told of so many changes to the network. */
type Point = { readonly afterMs: number } | { readonly afterEvents: number };

/** Run a command and kill it at that point; it may have ended before. */
async function killAt(point: Point, words: readonly string[]): Promise<void> {
  const monitor = await startMonitor();
  const command = test.host.start(process.execPath, ikvswitchArguments([...words, ...SIZE]));
  const kill = () => command.kill("SIGKILL");
  const timer = "afterMs" in point ? setTimeout(kill, point.afterMs) : undefined;
  monitor.onEvent((events) => "afterEvents" in point && events >= point.afterEvents && kill());
  await command.output;
  clearTimeout(timer);
  await monitor.end();
}

/** How long a command takes, and how many changes to the network the kernel tells of meanwhile. */
interface Extent {
  readonly ms: number;
  readonly events: number;
}

async function measure(words: readonly string[]): Promise<Extent> {
  const monitor = await startMonitor();
  const startedMs = performance.now();
  await ikvswitch(test.host, [...words, ...SIZE]);
  const ms = performance.now() - startedMs;
  return { ms, events: await monitor.end() };
}

interface Monitor {
  onEvent(listener: (events: number) => void): void;
  /** @returns the number of events. */
  end(): Promise<number>;
}

/** Listen to the kernel's messages about links, addresses and routes. */
async function startMonitor(): Promise<Monitor> {
  const monitor = test.host.start("ip", ["-o", "monitor", "link", "address", "route"]);
  const listeners: ((events: number) => void)[] = [];
  let events = 0;
  monitor.watch((text) => {
    events += text.split("\n").length - 1;
    for (const listener of listeners) {
      listener(events);
    }
  });
  // It listens once it tells of this.
  await pollUntil({ what: "ip monitor listening", timeoutMs: patiently(10_000), intervalMs: 5 }, async () => {
    await test.host.shell("ip link set lo down; ip link set lo up");
    return events > 0 ? { done: true, value: null } : { done: false, seen: "nothing" };
  });
  const before = events;
  return {
    onEvent: (listener) => listeners.push((count) => listener(count - before)),
    end: async () => {
      monitor.kill("SIGTERM");
      await monitor.output;
      return events - before;
    },
  };
}

/** By the clock and by what the kernel has told, in turn. */
function pointIn(whole: Extent, index: number, random: () => number): Point {
  return index % 2 === 0
    ? { afterMs: random() * whole.ms }
    : { afterEvents: Math.ceil(random() * whole.events) };
}

/** That a stop clears what the kill left, or that a start completes it first. */
async function expectRecovery(when: string, { completes }: { readonly completes: boolean }): Promise<void> {
  if (completes) {
    await ikvswitch(test.host, ["start", ...SIZE]);
    const status = await ikvswitch(test.host, ["status", ...SIZE], { exitCodes: [0, 4] });
    expect(status.stdout, when).toContain(AS_PLANNED);
  }
  await ikvswitch(test.host, ["stop", ...SIZE]);
  expect(await captureState(test.host), when).toEqual(before);
}

async function ourDevices(): Promise<number> {
  const { stdout } = await test.host.run("ip", ["-o", "link", "show", "group", "26987"]);
  return stdout.split("\n").length - 1;
}

describe("a command killed at any moment", () => {
  it(`leaves a host that the next start completes and the next stop clears: start, at ${POINTS} random points`, async () => {
    const random = randomNumbers(SEED);
    const whole = await measure(["start"]);
    await ikvswitch(test.host, ["stop", ...SIZE]);
    let midway = 0;
    for (let index = 0; index < POINTS; index += 1) {
      const point = pointIn(whole, index, random);
      await killAt(point, ["start"]);
      const devices = await ourDevices();
      midway += devices > 0 && devices < 83 ? 1 : 0;
      await expectRecovery(`point ${index}, ${JSON.stringify(point)}`, { completes: index % 4 < 2 });
    }
    // Otherwise the points were not where it matters.
    expect(midway).toBeGreaterThan(0);
  }, 600_000);

  it(`leaves a host that the next stop clears and the next start completes: stop, at ${STOP_POINTS} random points`, async () => {
    const random = randomNumbers(SEED + 1);
    await ikvswitch(test.host, ["start", ...SIZE]);
    const whole = await measure(["stop"]);
    for (let index = 0; index < STOP_POINTS; index += 1) {
      const point = pointIn(whole, index, random);
      await ikvswitch(test.host, ["start", ...SIZE]);
      await killAt(point, ["stop"]);
      await expectRecovery(`point ${index}, ${JSON.stringify(point)}`, { completes: index % 4 < 2 });
    }
  }, 300_000);
});
