import { expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { allPositionNics, positionNics } from "../../src/fabric/positions.ts";
import { configFrom, ROOMY, shippedConfig } from "./config.ts";

const fabric = planFabric(shippedConfig());

it("a position has a NIC to each leaf of its rack, with the tap, the leaf's port and a MAC", () => {
  const nics = positionNics(fabric, 2, 5);
  expect(nics.map((nic) => ({ ...nic, mac: String(nic.mac) }))).toEqual([
    {
      ...{ rack: 2, position: 5, nic: 1, tap: "ikvm2-5-1", bridge: "ikeb3-5" },
      ...{ leaf: "leaf3", port: "ens8", mtu: 9000, mac: "02:69:02:00:05:01" },
    },
    {
      ...{ rack: 2, position: 5, nic: 2, tap: "ikvm2-5-2", bridge: "ikeb4-5" },
      ...{ leaf: "leaf4", port: "ens8", mtu: 9000, mac: "02:69:02:00:05:02" },
    },
  ]);
});

it("the NICs of all positions are those of each position", () => {
  const each = fabric.racks.flatMap(({ number, positions }) =>
    positions.map((position) => positionNics(fabric, number, position)),
  );
  expect(allPositionNics(fabric)).toEqual(each);
});

it("suggested MACs differ from each other and from those of a large fabric", () => {
  const large = planFabric(configFrom(...ROOMY, "NUM_RACKS=64", "NUM_U=20"));
  const suggested = large.racks.flatMap(({ number, positions }) =>
    positions.flatMap((position) => positionNics(large, number, position).map(({ mac }) => String(mac))),
  );
  const planned = large.links.flatMap(({ interfaces }) => interfaces.map(({ mac }) => String(mac)));
  const inside = large.nodes.flatMap(({ ports }) => ports.map(({ mac }) => String(mac)));
  const all = [...suggested, ...planned, ...inside];
  expect(new Set(all).size).toBe(all.length);
});

it.each([
  [9, 3, "no rack 9; the fabric has racks 1 to 3"],
  [1, 2, "no position 2 in rack 1; servers may take U3 to U15"],
  [1, 16, "no position 16 in rack 1; servers may take U3 to U15"],
])("rack %d U%d is refused: %s", (rack, position, message) => {
  expect(() => positionNics(fabric, rack, position)).toThrow(new UsageError(message));
});
