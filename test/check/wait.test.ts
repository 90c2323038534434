import { describe, expect, it } from "vitest";
import type { CheckKind } from "../../src/check/model/kinds.ts";
import type { CheckReport, TimedItem } from "../../src/check/model/report.ts";
import { checkUntilGood } from "../../src/check/wait.ts";
import { InterruptedError } from "../../src/errors.ts";

function report(asPlanned: boolean, durationMs = 0): CheckReport {
  return {
    version: 1,
    backend: "netns",
    asPlanned,
    durationMs,
    summary: [],
    notes: [],
    faults: [],
    items: [],
  };
}

/** Returns attempts with these outcomes in order; the last outcome repeats. */
function looks(...outcomes: readonly boolean[]) {
  const seen: boolean[] = [];
  return {
    seen,
    look: async () => {
      const outcome = outcomes[Math.min(seen.length, outcomes.length - 1)] ?? false;
      seen.push(outcome);
      return report(outcome);
    },
  };
}

function difference(kind: CheckKind): TimedItem {
  const found = { expected: "spine1 ens4", observed: "spine2 ens4", ok: false, explained: false };
  return { kind, subject: "leaf1 ens4", node: "leaf1", durationMs: 0, ...found };
}

const never = new AbortController().signal;

describe("waiting for the fabric to be as planned", () => {
  it("ends with the first attempt that passes, and reports those before it", async () => {
    const { look, seen } = looks(false, false, true);
    const told: boolean[] = [];
    const options = { timeoutMs: 60_000, pauseMs: 1, interrupted: never };
    const last = await checkUntilGood(look, {
      ...options,
      onFailure: ({ asPlanned }) => told.push(asPlanned),
    });
    expect(last.asPlanned).toBe(true);
    expect(seen).toEqual([false, false, true]);
    expect(told).toEqual([false, false]);
  });

  it("ends at the timeout whatever the last attempt found, but not before one attempt", async () => {
    const options = { pauseMs: 1, interrupted: never, onFailure: () => {} };
    const once = looks(false);
    expect((await checkUntilGood(once.look, { ...options, timeoutMs: 0 })).asPlanned).toBe(false);
    expect(once.seen).toHaveLength(1);
    const many = looks(false);
    expect((await checkUntilGood(many.look, { ...options, timeoutMs: 50 })).asPlanned).toBe(false);
    expect(many.seen.length).toBeGreaterThan(1);
  });

  it("waits for what is still to come after `up`, unless something else differs, too", async () => {
    const options = { timeoutMs: 0, pauseMs: 1, interrupted: never, onFailure: () => {} };
    const unheard = { ...difference("lldp"), observed: "none" };
    const beginning = { ...difference("bfd"), observed: "init" };
    const attempts = [{ ...report(false), items: [unheard, beginning] }, report(true)];
    const after = await checkUntilGood(async () => attempts.shift() ?? report(false), options);
    expect(after.asPlanned).toBe(true);
    for (const items of [[unheard, difference("bgp")], [difference("lldp")]]) {
      const differing = { ...report(false), items };
      const only = [differing, report(true)];
      expect(await checkUntilGood(async () => only.shift() ?? report(false), options)).toBe(differing);
    }
  });

  it("leaves the switches as much time as an attempt takes", async () => {
    const startsMs: number[] = [];
    const attempt = async () => {
      startsMs.push(performance.now());
      return report(startsMs.length === 2, 80);
    };
    await checkUntilGood(attempt, { timeoutMs: 60_000, pauseMs: 1, interrupted: never, onFailure: () => {} });
    const [first = 0, second = 0] = startsMs;
    expect(second - first).toBeGreaterThan(75);
  });

  it("ends at once when interrupted", async () => {
    const controller = new AbortController();
    const { look } = looks(false);
    const options = { timeoutMs: 60_000, pauseMs: 60_000, interrupted: controller.signal };
    const waiting = checkUntilGood(look, {
      ...options,
      onFailure: () => controller.abort(new InterruptedError()),
    });
    await expect(waiting).rejects.toThrow(InterruptedError);
  });
});
