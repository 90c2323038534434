import { expect, it } from "vitest";
import { freeName, KEYS, nodeOf, switchesOf } from "../../../src/backends/incus/names.ts";
import type { Instance } from "../../../src/incus/instances.ts";

const RUN_DIR = "/run/ikvswitch";

function instance(name: string, node: string, member: string, fabric = "0"): Instance {
  const config = { [KEYS.fabric]: fabric, [KEYS.node]: node };
  return { name, member, status: "Running", config, devices: {} };
}

it("a new instance has the name of its switch, unless one on a lost member has it", () => {
  expect(freeName(RUN_DIR, "leaf5", new Set(["leaf6"]))).toBe("leaf5");
  expect(freeName(RUN_DIR, "leaf5", new Set(["leaf5"]))).toBe("leaf5-2");
  expect(freeName(RUN_DIR, "leaf5", new Set(["leaf5", "leaf5-2"]))).toBe("leaf5-3");
});

it("of two instances of a switch, one is current, whichever comes first", () => {
  const old = instance("leaf5", "leaf5", "gamma");
  const moved = instance("leaf5-2", "leaf5", "alpha");
  for (const all of [
    [old, moved],
    [moved, old],
  ]) {
    const switches = switchesOf(all, RUN_DIR, (_, { member }) => member === "alpha");
    expect(switches).toEqual(new Map([["leaf5", moved]]));
  }
  expect(switchesOf([old], RUN_DIR, () => false)).toEqual(new Map([["leaf5", old]]));
});

it("instances of other fabrics, and those of which nothing is known, are no switches", () => {
  const unknown: Instance = { ...instance("leaf6", "leaf6", "gamma"), config: {}, status: "Error" };
  expect(switchesOf([instance("leaf1", "leaf1", "alpha", "7"), unknown], RUN_DIR, () => true)).toEqual(
    new Map(),
  );
  expect(nodeOf(unknown)).toBe("leaf6");
});
