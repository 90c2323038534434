import { describe, expect, it } from "vitest";
import { describeNic, networkName, selectPlaces } from "../../../src/export/model/positions.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(configFrom("NUM_RACKS=2", "NUM_U=5"));

function names(racks: readonly number[], positions: readonly number[]): readonly string[] {
  return selectPlaces(fabric, { racks, positions }).map(({ name }) => name);
}

describe("the positions to export", () => {
  it("are all by default, by rack and position", () => {
    const all = ["server1-3", "server1-4", "server1-5", "server2-3", "server2-4", "server2-5"];
    expect(names([], [])).toEqual(all);
  });

  it("are those of the given racks and positions", () => {
    expect(names([2], [])).toEqual(["server2-3", "server2-4", "server2-5"]);
    expect(names([], [4, 3])).toEqual(["server1-3", "server1-4", "server2-3", "server2-4"]);
    expect(names([1, 2], [5])).toEqual(["server1-5", "server2-5"]);
  });

  it("exist, or an error tells which do", () => {
    expect(() => names([3], [])).toThrow("no rack 3; the fabric has racks 1 to 2");
    expect(() => names([1], [3, 6])).toThrow("no position 6; servers may take U3 to U5");
  });

  it("have names for their links", () => {
    const [, second] = selectPlaces(fabric, { racks: [2], positions: [4] })[0]?.nics ?? [];
    expect(second && networkName(second)).toBe("rack2-u4-nic2");
    expect(second && describeNic(second)).toBe("rack 2 U4 NIC 2, leaf4 ens7");
  });
});
