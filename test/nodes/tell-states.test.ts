import { expect, it } from "vitest";
import type { NodeOutcome } from "../../src/nodes/outcome.ts";
import { tellStates } from "../../src/nodes/tell-states.ts";

it("notes what each switch is doing, from waiting to its outcome", () => {
  const noted: string[] = [];
  const outcomes: Record<string, NodeOutcome> = {};
  const { begin, done } = tellStates(["spine1", "leaf1"], outcomes, (text, items = []) => {
    noted.push([text, ...items.map(({ name, state, tone }) => `${name} ${state} ${tone}`)].join(", "));
  });
  begin("spine1", "booting");
  done("spine1", "started");
  begin("leaf1", "cloning");
  done("leaf1", "cloned");
  expect(noted).toEqual([
    "0 of 2 are ready, spine1 booting doubtful, leaf1 waiting doubtful",
    "1 of 2 are ready, spine1 started good, leaf1 waiting doubtful",
    "1 of 2 are ready, spine1 started good, leaf1 cloning doubtful",
    "2 of 2 are ready, spine1 started good, leaf1 cloned good",
  ]);
  expect(outcomes).toEqual({ spine1: "started", leaf1: "cloned" });
});
