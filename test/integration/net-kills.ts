import { describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { captureState, type HostState, OUR_GROUPS } from "./host-state.ts";
import { ikvswitch, ikvswitchArguments, type Namespace } from "./namespace.ts";
import type { TestSite } from "./test-site.ts";

/** Smaller than the shipped size, since stopping takes time for each bridge: 23 interfaces on 12 bridges. */
const SIZE = ["--set", "NUM_RACKS=1", "--set", "NUM_U=4"];
const DEVICES = 35;
const AS_PLANNED = "as planned: 23 network interfaces, 12 bridges";

const TIMEOUT_MS = 1_800_000;

/** Numbers of tested moments of each command. */
export interface KillPoints {
  readonly start: number;
  readonly stop: number;
}

const each = (points: number) => Array.from({ length: points }, (_, index) => index);

/** Declares the tests: after a kill at any moment, the next start completes and the next stop clears. */
export function describeNetKills(test: TestSite, points: KillPoints): void {
  describe("a command killed at any moment", () => {
    it(
      `leaves a host that the next start completes and the next stop clears: start, at ${points.start} moments`,
      async () => {
        const before = await captureState(test.host);
        const whole = await measure(test.host, ["start"]);
        await ikvswitch(test.host, ["stop", ...SIZE]);
        let midway = 0;
        for (const index of each(points.start)) {
          const point = pointIn(whole, index, points.start);
          await killAt(test.host, point, ["start"]);
          const devices = await ourDevices(test.host);
          midway += devices > 0 && devices < DEVICES ? 1 : 0;
          await expectRecovery(test.host, before, point, { completes: index % 4 < 2 });
        }
        // Otherwise the moments were not in the phases that matter.
        expect(midway).toBeGreaterThan(0);
      },
      TIMEOUT_MS,
    );

    it(
      `leaves a host that the next stop clears and the next start completes: stop, at ${points.stop} moments`,
      async () => {
        const before = await captureState(test.host);
        await ikvswitch(test.host, ["start", ...SIZE]);
        const whole = await measure(test.host, ["stop"]);
        for (const index of each(points.stop)) {
          const point = pointIn(whole, index, points.stop);
          await ikvswitch(test.host, ["start", ...SIZE]);
          await killAt(test.host, point, ["stop"]);
          await expectRecovery(test.host, before, point, { completes: index % 4 < 2 });
        }
      },
      TIMEOUT_MS,
    );
  });
}

/** The moment of the kill: after a time, or after a number of the kernel's messages about the network. */
type Point = { readonly afterMs: number } | { readonly afterEvents: number };

/** Runs a command and kills it at this point; it may have ended before. */
async function killAt(host: Namespace, point: Point, words: readonly string[]): Promise<void> {
  const monitor = await startMonitor(host);
  const command = host.start(process.execPath, ikvswitchArguments([...words, ...SIZE]));
  const kill = () => command.kill("SIGKILL");
  const timer = "afterMs" in point ? setTimeout(kill, point.afterMs) : undefined;
  monitor.onEvent((events) => "afterEvents" in point && events >= point.afterEvents && kill());
  await command.output;
  clearTimeout(timer);
  await monitor.end();
}

/** The duration of a command, and the number of the kernel's messages about the network meanwhile. */
interface Extent {
  readonly ms: number;
  readonly events: number;
}

async function measure(host: Namespace, words: readonly string[]): Promise<Extent> {
  const monitor = await startMonitor(host);
  const startedMs = performance.now();
  await ikvswitch(host, [...words, ...SIZE]);
  const ms = performance.now() - startedMs;
  return { ms, events: await monitor.end() };
}

interface Monitor {
  onEvent(listener: (events: number) => void): void;
  /** @returns the number of events. */
  end(): Promise<number>;
}

/** Listens to the kernel's messages about links, addresses and routes. */
async function startMonitor(host: Namespace): Promise<Monitor> {
  const monitor = host.start("ip", ["-o", "monitor", "link", "address", "route"]);
  const listeners: ((events: number) => void)[] = [];
  let events = 0;
  monitor.watch((text) => {
    events += text.split("\n").length - 1;
    for (const listener of listeners) {
      listener(events);
    }
  });
  // It listens once it reports these changes.
  await pollUntil({ what: "ip monitor listening", timeoutMs: patiently(10_000), intervalMs: 5 }, async () => {
    await host.shell("ip link set lo down; ip link set lo up");
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

/**
 * Returns the middle of one of this many equal parts of the command, alternately by time and by the kernel's messages,
 * so that every phase of a command has points even if there are few.
 */
function pointIn(whole: Extent, index: number, points: number): Point {
  const fraction = (index + 0.5) / points;
  return index % 2 === 0
    ? { afterMs: fraction * whole.ms }
    : { afterEvents: Math.ceil(fraction * whole.events) };
}

/** Expects a stop to clear the remains of a kill; with `completes`, expects a start to complete the network first. */
async function expectRecovery(
  host: Namespace,
  before: HostState,
  point: Point,
  { completes }: { readonly completes: boolean },
): Promise<void> {
  const when = `killed ${JSON.stringify(point)}`;
  if (completes) {
    await ikvswitch(host, ["start", ...SIZE]);
    const status = await ikvswitch(host, ["status", ...SIZE], { exitCodes: [0, 4] });
    expect(status.stdout, when).toContain(AS_PLANNED);
  }
  await ikvswitch(host, ["stop", ...SIZE]);
  expect(await captureState(host), when).toEqual(before);
}

async function ourDevices(host: Namespace): Promise<number> {
  const devices: readonly { readonly group: string }[] = JSON.parse(
    (await host.run("ip", ["-N", "-j", "-d", "link", "show"])).stdout,
  );
  return devices.filter(({ group }) => OUR_GROUPS.includes(group)).length;
}
