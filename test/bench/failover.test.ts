import { describe, expect, it } from "vitest";
import { findPath } from "../../src/bench/failover/path.ts";
import { statistics } from "../../src/bench/failover/statistics.ts";
import { findGaps } from "../../src/bench/probe/gaps.ts";
import { decodeProbe, encodeProbe, type Probe } from "../../src/bench/probe/packet.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { planServers } from "../../src/servers/plan.ts";
import type { Counters, Sample } from "../../src/traffic/counters.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const [a, b] = planServers(fabric, () => true);

/** Returns probes sent one per millisecond. */
function probes(...numbers: readonly number[]): readonly Probe[] {
  return numbers.map((sequence) => ({ sequence, sentNs: BigInt(sequence) * 1_000_000n }));
}

describe("probes", () => {
  it("are decoded as they were encoded; other packets are not decoded", () => {
    const probe = { sequence: 4_000_000_000, sentNs: 12_345_678_901_234n };
    expect(decodeProbe(encodeProbe(probe))).toEqual(probe);
    expect(decodeProbe(new Uint8Array(64))).toBeUndefined();
    expect(decodeProbe(new Uint8Array(3))).toBeUndefined();
  });

  it("have gaps where probes are missing, measured by send time; reordering is no gap", () => {
    expect(findGaps(probes(0, 1, 3, 2, 4))).toEqual({ received: 5, lost: 0, gaps: [] });
    expect(findGaps(probes(0, 1, 5, 6, 9))).toEqual({
      received: 5,
      lost: 5,
      gaps: [
        { fromMs: 1, toMs: 5, lost: 3 },
        { fromMs: 6, toMs: 9, lost: 2 },
      ],
    });
  });
});

describe("statistics", () => {
  it("are measured values, not interpolated ones", () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(statistics(values)).toEqual({ p50: 10, p95: 19, max: 20 });
    expect(statistics([7])).toEqual({ p50: 7, p95: 7, max: 7 });
    expect(statistics([])).toBeNull();
  });
});

describe("the stream's path", () => {
  const none: Counters = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
  const before: Sample = { atMs: 0, counters: new Map() };
  const after = (counters: Readonly<Record<string, Partial<Counters>>>): Sample => ({
    atMs: 1000,
    counters: new Map(Object.entries(counters).map(([name, counts]) => [name, { ...none, ...counts }])),
  });
  const find = (counters: Readonly<Record<string, Partial<Counters>>>) =>
    findPath(fabric, [a, b], 1000, before, after(counters));

  it("is found by each stage's packet counters", () => {
    const path = find({
      "ikls1-15": { txPackets: 12 },
      "ikls2-15": { txPackets: 1000 },
      iklt21: { rxPackets: 20 },
      iklt22: { rxPackets: 1010 },
      ikst24: { rxPackets: 9 },
      ikst25: { rxPackets: 990 },
      "ikls4-15": { rxPackets: 1001 },
    });
    expect(path).toMatchObject({
      upLeaf: "leaf2",
      uplink: { bridge: { name: "iksb23" } },
      spine: "spine2",
      downlink: { bridge: { name: "iksb25" } },
      downLeaf: "leaf4",
    });
  });

  it("is unknown while it changes, and without the stream", () => {
    expect(
      find({ "ikls2-15": { txPackets: 1000 }, iklt21: { rxPackets: 500 }, iklt22: { rxPackets: 500 } }),
    ).toBe("bench1 → leaf2 → ? → ?, ? → bench2");
    expect(find({})).toBe("bench1 sent 0 packets instead of 1000");
  });
});
