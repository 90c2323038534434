import { expect, it } from "vitest";
import { fabricVariables } from "../../../src/export/env/variables.ts";
import { smallFabric } from "../../host/network.ts";

const surroundings = { name: "lab", backend: "netns", stateDir: "/var/lib/x", runDir: "/run/x" };

it("the facts of a fabric are variables, switches by role and by name", () => {
  const variables = fabricVariables(smallFabric, { ...surroundings, file: "/etc/lab.conf" });
  expect(variables).toMatchObject({
    IKVSWITCH_CONF: "/etc/lab.conf",
    IKVSWITCH_NAME: "lab",
    IKVSWITCH_LEAVES: smallFabric.nodes
      .filter(({ role }) => role === "leaf")
      .map(({ name }) => name)
      .join(" "),
    IKVSWITCH_LOOPBACK_leaf1: String(smallFabric.nodes.find(({ name }) => name === "leaf1")?.loopback),
  });
  expect(Object.keys(variables).every((name) => /^IKVSWITCH_[A-Za-z0-9_]+$/.test(name))).toBe(true);
});

it("the file is left out where it is the usual one", () => {
  expect(fabricVariables(smallFabric, { ...surroundings, file: null })).not.toHaveProperty("IKVSWITCH_CONF");
});
