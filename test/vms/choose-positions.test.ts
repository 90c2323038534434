import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { choosePositions, type Position } from "../../src/vms/choose-positions.ts";
import { shippedConfig } from "../fabric/config.ts";

/** Racks 1 to 3, positions U3 to U15. */
const fabric = planFabric(shippedConfig());
const anywhere = { rack: undefined, position: undefined };

function choose(
  count: number,
  wanted: Partial<Position> = {},
  occupied: readonly string[] = [],
): readonly string[] {
  return choosePositions(fabric, count, { ...anywhere, ...wanted }, ({ rack, position }) =>
    occupied.every((text) => text !== `${rack}-${position}`),
  ).map(({ rack, position }) => `${rack}-${position}`);
}

describe("the positions of new VMs", () => {
  it("are spread over the racks, the lowest first", () => {
    expect(choose(6)).toEqual(["1-3", "2-3", "3-3", "1-4", "2-4", "3-4"]);
  });

  it("are in the racks with the fewest occupied positions", () => {
    expect(choose(3, {}, ["1-3", "1-4", "2-3"])).toEqual(["3-3", "2-4", "3-4"]);
  });

  it("are those that the user demands", () => {
    expect(choose(2, { rack: 2 })).toEqual(["2-3", "2-4"]);
    expect(choose(3, { position: 7 })).toEqual(["1-7", "2-7", "3-7"]);
    expect(choose(1, { rack: 3, position: 15 })).toEqual(["3-15"]);
  });

  it("fill the fabric, and no more", () => {
    expect(new Set(choose(39)).size).toBe(39);
    expect(() => choose(40)).toThrow(
      new UsageError("40 free positions are needed, and 39 are left; 'ikvswitch ports' lists them"),
    );
  });

  it.each([
    [{ rack: 1, position: 3 }, "rack 1 U3 is occupied; 'ikvswitch ports' shows by whom"],
    [{ rack: 4 }, "no rack 4; the fabric has racks 1 to 3"],
    [{ position: 2 }, "no position 2; servers may take U3 to U15"],
    [{ rack: 2, position: 16 }, "no position 16; servers may take U3 to U15"],
  ])("%j is refused", (wanted, message) => {
    expect(() => choose(1, wanted, ["1-3"])).toThrow(new UsageError(message));
  });
});
