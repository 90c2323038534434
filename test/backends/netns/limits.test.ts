import { expect, it } from "vitest";
import { FIRST_USER, userOf } from "../../../src/backends/netns/limits.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { untaggedFabric } from "../../../src/fabric/untagged.ts";
import { configFrom } from "../../fabric/config.ts";

it("every netns has its own range of user IDs, with and without VLANs", () => {
  const fabric = planFabric(configFrom());
  const users = fabric.nodes.map(({ name }) => userOf(fabric, name));
  expect(users).toEqual(fabric.nodes.map((_, place) => FIRST_USER + place * 65_536));
  expect(fabric.nodes.map(({ name }) => userOf(untaggedFabric(fabric), name))).toEqual(users);
  expect(() => userOf(fabric, "leaf99")).toThrow("leaf99 is not in the plan");
});
