import { expect, it } from "vitest";
import { findNode, selectNodes } from "../../src/cli/find-node.ts";
import { UsageError } from "../../src/errors.ts";
import type { Fabric } from "../../src/fabric/types.ts";

const fabric = { nodes: [{ name: "spine1" }, { name: "leaf1" }, { name: "leaf2" }] } as unknown as Fabric;

it("finds a node by its name", () => {
  expect(findNode(fabric, "leaf1").name).toBe("leaf1");
});

it("refuses an unknown name and lists all names", () => {
  expect(() => findNode(fabric, "leaf9")).toThrow(UsageError);
  expect(() => findNode(fabric, "leaf9")).toThrow("unknown switch: leaf9 (choose from spine1, leaf1, leaf2)");
});

it("selects the named nodes in the order given, or all of them", () => {
  expect(selectNodes(fabric, ["leaf2", "spine1"]).map(({ name }) => name)).toEqual(["leaf2", "spine1"]);
  expect(selectNodes(fabric, [])).toEqual(fabric.nodes);
});
