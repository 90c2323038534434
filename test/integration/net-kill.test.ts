import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { captureState, type HostState } from "./host-state.ts";
import { assertNothingLeaked, observeMachine } from "./leaks.ts";
import { createSite, ikvswitch, ikvswitchArguments, type Namespace, type Site } from "./namespace.ts";

const machine = await observeMachine();
let site: Site;
let host: Namespace;
let before: HostState;

beforeEach(async () => {
  site = await createSite();
  host = site.host;
  before = await captureState(host);
});

afterEach(() => site.close());
afterAll(() => assertNothingLeaked(machine));

const POINTS = 50;
const SEED = 0x696b;

/** Numbers from 0 to 1, the same in every run (a linear congruential generator, Numerical Recipes' constants). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Run a command and kill it after that long; it may have ended before. */
async function killAfter(delayMs: number, words: readonly string[]): Promise<void> {
  const command = host.start(process.execPath, ikvswitchArguments(words));
  const timer = setTimeout(() => command.kill("SIGKILL"), delayMs);
  await command.output;
  clearTimeout(timer);
}

async function durationMs(words: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await ikvswitch(host, words);
  return performance.now() - startedMs;
}

describe("a command killed at any moment", () => {
  it(`leaves a host that the next start completes and the next stop clears: start, at ${POINTS} random points`, async () => {
    const random = randomNumbers(SEED);
    const wholeMs = await durationMs(["start"]);
    await ikvswitch(host, ["stop"]);
    let midway = 0;
    for (let point = 0; point < POINTS; point += 1) {
      const delayMs = random() * wholeMs;
      const name = `point ${point}, ${delayMs.toFixed(0)} of ${wholeMs.toFixed(0)} ms`;
      await killAfter(delayMs, ["start"]);
      const devices = (await host.run("ls", ["/sys/class/net"])).stdout
        .split("\n")
        .filter((x) => x.startsWith("ik"));
      midway += devices.length > 0 && devices.length < 280 ? 1 : 0;
      if (point % 2 === 0) {
        await ikvswitch(host, ["start"]);
        const status = await ikvswitch(host, ["status"], { exitCodes: [0, 4] });
        expect(status.stdout, name).toContain("as planned: 187 network interfaces, 94 bridges");
      }
      await ikvswitch(host, ["stop"]);
      expect(await captureState(host), name).toEqual(before);
    }
    // Otherwise the points were not where it matters.
    expect(midway).toBeGreaterThan(0);
  }, 400_000);

  it("leaves a host that the next stop clears and the next start completes: stop, at 10 random points", async () => {
    const random = randomNumbers(SEED + 1);
    const small = ["--set", "NUM_U=5"];
    await ikvswitch(host, ["start", ...small]);
    const wholeMs = await durationMs(["stop", ...small]);
    for (let point = 0; point < 10; point += 1) {
      const delayMs = random() * wholeMs;
      const name = `point ${point}, ${delayMs.toFixed(0)} of ${wholeMs.toFixed(0)} ms`;
      await ikvswitch(host, ["start", ...small]);
      await killAfter(delayMs, ["stop", ...small]);
      if (point % 2 === 0) {
        await ikvswitch(host, ["start", ...small]);
        await ikvswitch(host, ["status", ...small]);
      }
      await ikvswitch(host, ["stop", ...small]);
      expect(await captureState(host), name).toEqual(before);
    }
  });
});
