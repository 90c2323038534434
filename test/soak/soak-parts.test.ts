import { describe, expect, it } from "vitest";
import { chooseAction, describeAction } from "./actions.ts";
import { compareFootprints } from "./footprint.ts";
import { findGrowth, type ProcessSample } from "./growth.ts";
import { seededRandom } from "./random.ts";

const surroundings = {
  nodes: ["spine1", "spine2", "leaf1", "leaf2"],
  links: [
    { a: "spine1", b: "leaf1", bridge: "iksb12" },
    { a: "spine2", b: "leaf2", bridge: "iksb23" },
  ],
};

function actions(seed: number, count: number) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => chooseAction(random, surroundings));
}

describe("the sequence of a soak's actions", () => {
  it("is the same for the same seed, and differs for another", () => {
    expect(actions(7, 200)).toEqual(actions(7, 200));
    expect(actions(7, 200)).not.toEqual(actions(8, 200));
  });

  it("contains every kind of action, each with a description", () => {
    const all = actions(1, 1000);
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(11);
    const kill = all.find(({ kind }) => kind === "kill-daemon");
    expect(kill && describeAction(kill)).toMatch(/^kill -9 \w+ of (spine|leaf)[12]$/);
    expect(all.filter((action) => action.kind === "kill-up" && action.afterPercent >= 100)).toEqual([]);
  });
});

describe("the comparison of a host's footprints", () => {
  it("lists what was added and removed, with numbers", () => {
    const before = { process: ["zebra", "zebra", "bgpd"], link: ["lo"] };
    const after = { process: ["zebra", "bgpd", "sleep 1"], link: ["lo", "ikhb", "ikhb"] };
    expect(compareFootprints(before, after)).toEqual([
      "process: +1 sleep 1",
      "process: -1 zebra",
      "link: +2 ikhb",
    ]);
    expect(compareFootprints(before, { ...before, process: ["bgpd", "zebra", "zebra"] })).toEqual([]);
  });
});

describe("the search for growth", () => {
  const samples = (of: (step: number) => Partial<ProcessSample>) =>
    Array.from({ length: 20 }, (_, step) => [
      { id: "12@345", name: "bgpd", files: 20, pssKiB: 5000, ...of(step) },
    ]);

  it("finds steadily growing files and memory", () => {
    expect(findGrowth(samples((step) => ({ files: 20 + step })))).toEqual(["bgpd 12@345: 25 files, then 35"]);
    expect(findGrowth(samples((step) => ({ pssKiB: 5000 + 400 * step })))).toEqual([
      "bgpd 12@345: 7000 KiB, then 11000 KiB",
    ]);
  });

  it("ignores values that rise and fall, or rise once at the start", () => {
    expect(findGrowth(samples((step) => ({ files: 20 + (step % 3) * 5 })))).toEqual([]);
    expect(findGrowth(samples((step) => ({ pssKiB: step === 0 ? 1000 : 5000 })))).toEqual([]);
  });

  it("ignores short-lived processes", () => {
    expect(findGrowth(samples((step) => ({ id: `${step}`, files: 100 * step })))).toEqual([]);
  });
});
