import { expect, it } from "vitest";
import { soak } from "./soak.ts";

// As scripts/soak sets them.
const minutes = Number(process.env.IKVSWITCH_SOAK_MINUTES ?? "2");
const seed = Number(process.env.IKVSWITCH_SOAK_SEED ?? Math.floor(Math.random() * 1_000_000));
const maxActions = Number(process.env.IKVSWITCH_SOAK_ACTIONS ?? "100000");

/** For the last action, and to bring the fabric up and down. */
const MARGIN_MS = 300_000;

const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${line}\n`);

it(`a fabric that is broken at random for ${minutes} minutes is as planned after every repair, and leaves nothing behind`, {
  timeout: minutes * 60_000 + MARGIN_MS,
}, async ({ signal }) => {
  say(`soak: ${minutes} minutes, seed ${seed}`);
  const { actions, leaks } = await soak({ seed, durationMs: minutes * 60_000, maxActions, say, signal });
  say(`${actions} actions, and the fabric was as planned after each`);
  expect(leaks).toEqual([]);
  expect(actions).toBeGreaterThan(0);
});
