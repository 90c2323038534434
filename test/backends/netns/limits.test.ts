import { expect, it } from "vitest";
import { FIRST_USER, userOf } from "../../../src/backends/netns/limits.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { untaggedFabric } from "../../../src/fabric/untagged.ts";
import { configFrom } from "../../fabric/config.ts";

/** /proc/self/uid_map of a host's root. */
const ALL = "         0          0 4294967295\n";

it("every netns has its own range of user IDs, with and without VLANs", () => {
  const fabric = planFabric(configFrom());
  const users = fabric.nodes.map(({ name }) => userOf(fabric, name, ALL));
  expect(users).toEqual(fabric.nodes.map((_, place) => FIRST_USER + place * 65_536));
  expect(fabric.nodes.map(({ name }) => userOf(untaggedFabric(fabric), name, ALL))).toEqual(users);
  expect(() => userOf(fabric, "leaf99", ALL)).toThrow("leaf99 is not in the plan");
});

it("where the host has no such IDs, as in a user's enclosure, a netns has root alone", () => {
  const fabric = planFabric(configFrom());
  expect(userOf(fabric, "leaf1", "         0       1000          1\n")).toBe(0);
  expect(userOf(fabric, "leaf1", "0 1000 1\n1 100000 65536\n")).toBe(0);
});
