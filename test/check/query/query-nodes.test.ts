import { expect, it } from "vitest";
import { patienceWhileWaiting } from "../../../src/check/query/query-nodes.ts";

const PATIENCE = { atOnce: 2, timeoutMs: 40_000, programSeconds: 12 };

it("allows an answer a quarter of the time that a user waits, and never less than without waiting", () => {
  expect(patienceWhileWaiting(PATIENCE, 0)).toEqual(PATIENCE);
  expect(patienceWhileWaiting(PATIENCE, 60_000)).toEqual(PATIENCE);
  expect(patienceWhileWaiting(PATIENCE, 320_000)).toEqual({
    atOnce: 2,
    timeoutMs: 80_000,
    programSeconds: 24,
  });
});
