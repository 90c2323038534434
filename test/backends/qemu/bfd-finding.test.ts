import { describe, expect, it } from "vitest";
import { bfdFinding } from "../../../src/backends/qemu/bfd-finding.ts";

const situation = { switches: 9, processors: 2, emulated: true, intervalMs: 280 };

describe("the doctor's finding on BFD", () => {
  it("warns of many emulated switches on few processors, and names a BFD interval that is long enough", () => {
    expect(bfdFinding(situation)).toEqual({
      name: "CPU time for BFD",
      status: "optional-missing",
      detail: "9 emulated switches on 2 CPUs may send BFD packets late under load",
      why: "if a switch gets no CPU time for 840 ms, BFD declares it down, and its sessions flap",
      fix: "set BFD_INTERVAL_MS=1000, reduce the load of this host, or use BACKEND=netns",
    });
  });

  it.each([
    ["that are not emulated", { emulated: false }],
    ["on as many processors as they need", { processors: 8 }],
    ["that have the time", { intervalMs: 1000 }],
  ])("does not warn of switches %s", (_, change) => {
    expect(bfdFinding({ ...situation, ...change }).status).toBe("found");
  });
});
