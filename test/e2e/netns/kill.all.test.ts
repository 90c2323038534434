import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { seededRandom } from "../../soak/random.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import {
  expectCompletion,
  killUpWhenIt,
  MOMENTS,
  type Moment,
  SETS,
  untilNoneIsLeft,
} from "./killed-netns.ts";

// `up` ended at each named phase, and at many random moments, by each signal that it handles.

const TIMEOUT_MS = 240_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
const RANDOM_MOMENTS = 96;
/** Another seed gives other moments. */
const SEED = Number(process.env.IKVSWITCH_TEST_SEED ?? Date.now() % 1_000_000);

let site: NetnsSite;
let before: HostState;
let upMs: number;

beforeAll(async () => {
  site = await createNetnsSite(SETS);
  before = await captureState(site.host);
  const begin = performance.now();
  await site.ikvswitch(["up"]);
  upMs = performance.now() - begin;
  await site.ikvswitch(["down"]);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

async function expectNothingLeft(): Promise<void> {
  await site.ikvswitch(["down"]);
  await untilNoneIsLeft(site);
  expect(await captureState(site.host)).toEqual(before);
}

describe.each(Object.keys(MOMENTS) as Moment[])("an `up` that is killed when it %s", (moment) => {
  it(
    "leaves nothing after `down`",
    async () => {
      await killUpWhenIt(site, moment);
      await expectNothingLeft();
    },
    TIMEOUT_MS,
  );

  it(
    "is completed by another `up`",
    async () => {
      await killUpWhenIt(site, moment);
      await expectCompletion(site);
      await expectNothingLeft();
    },
    TIMEOUT_MS,
  );
});

const random = seededRandom(SEED);
/** The signal, the time in percent of a whole `up`, and the next command: each signal is followed by both commands. */
const moments = Array.from({ length: RANDOM_MOMENTS }, (_, index) => {
  const signal = SIGNALS[index % SIGNALS.length] ?? "SIGKILL";
  const next = Math.floor(index / SIGNALS.length) % 2 === 0 ? "down" : "up";
  return [signal, random.below(110), next] as const;
});

describe(`an \`up\` that is ended at a random moment (IKVSWITCH_TEST_SEED=${SEED})`, () => {
  it.each(moments)(
    "by %s after %i percent of its time can be followed by `%s`",
    async (signal, percent, next) => {
      const up = site.start(["up"]);
      await setTimeout((upMs * percent) / 100);
      up.kill(signal);
      await up.output;
      if (next === "up") {
        await expectCompletion(site);
      }
      await expectNothingLeft();
    },
    TIMEOUT_MS,
  );
});
