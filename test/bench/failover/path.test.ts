import { describe, expect, it } from "vitest";
import { findPath } from "../../../src/bench/failover/path.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { planServers } from "../../../src/servers/plan.ts";
import type { Counters, Sample } from "../../../src/traffic/counters.ts";
import { shippedConfig } from "../../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const [a, b] = planServers(fabric, () => true);

describe("the stream's path", () => {
  const none: Counters = { rxBytes: 0, rxPackets: 0, rxDropped: 0, txBytes: 0, txPackets: 0, txDropped: 0 };
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
