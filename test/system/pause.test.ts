import { expect, it } from "vitest";
import { pause } from "../../src/system/pause.ts";

it("a pause ends after its time, or at once if it was interrupted before or is meanwhile", async () => {
  const startedMs = performance.now();
  const interruption = new AbortController();
  const long = pause(60_000, interruption.signal);
  await pause(5, undefined);
  interruption.abort(new Error("Ctrl-C"));
  await long;
  await pause(60_000, interruption.signal);
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});
