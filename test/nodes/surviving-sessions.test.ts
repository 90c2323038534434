import { describe, expect, it } from "vitest";
import type { Fabric } from "../../src/fabric/types.ts";
import { countSurvivingSessions } from "../../src/nodes/surviving-sessions.ts";

const fabric = {
  sessions: [
    { a: { node: "spine1", port: "ens4" }, b: { node: "leaf1", port: "ens4" } },
    { a: { node: "spine1", port: "ens5" }, b: { node: "leaf2", port: "ens4" } },
    { a: { node: "spine2", port: "ens4" }, b: { node: "leaf1", port: "ens5" } },
  ],
} as unknown as Fabric;
const established = (uptimeMs: number) => ({ state: "Established", uptimeMs });

describe("sessions of restored switches", () => {
  it("survived if they are older than the restore, computed from the time of each switch's answer", () => {
    const answers = new Map([
      ["spine1", { atMs: 5_000, sessions: { ens4: established(65_000), ens5: established(1_000) } }],
      ["spine2", { atMs: 9_000, sessions: { ens4: established(6_000) } }],
    ]);
    expect(countSurvivingSessions(fabric, answers, 2_000)).toBe(2);
    expect(countSurvivingSessions(fabric, answers, 0)).toBe(1);
  });

  it("may be up to a second older than in FRR, which reports whole seconds", () => {
    const answers = new Map([["spine1", { atMs: 5_000, sessions: { ens4: established(4_000) } }]]);
    expect(countSurvivingSessions(fabric, answers, 0)).toBe(1);
    expect(countSurvivingSessions(fabric, answers, -1)).toBe(0);
  });

  it("did not survive if they are down or unknown", () => {
    const answers = new Map([["spine1", { atMs: 0, sessions: { ens4: { state: "Active" } } }]]);
    expect(countSurvivingSessions(fabric, answers, 0)).toBe(0);
  });
});
