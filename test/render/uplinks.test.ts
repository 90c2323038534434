import { describe, expect, it } from "vitest";
import { formatPlan } from "../../src/export/graph/tables.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { configFrom } from "../fabric/config.ts";
import { expectGolden } from "../golden.ts";
import { nodeOf, render } from "./site.ts";

const NEIGHBOR = ["UPLINK_BGP_NEIGHBOR=203.0.113.1", "UPLINK_BGP_AS=64999"];
const FIXED = ["UPLINK_ADDRESS=203.0.113.9/24", "UPLINK_GATEWAY=203.0.113.1"];

/** Configurations by the name of their golden file; one for each kind of way out. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  routed: [
    "UPLINK=routed",
    "MY_IP=203.0.113.2",
    "SERVER_PREFIXES=192.168.96.0/19,198.51.100.0/24",
    ...NEIGHBOR,
  ],
  isolated: ["UPLINK=isolated", "SERVERS_REACH_MANAGEMENT=yes"],
  bridge: ["UPLINK=bridge:br0", "UPLINK_NAT=no", "UPLINK_MAC=52:54:00:00:00:09", ...FIXED, ...NEIGHBOR],
  macvtap: ["UPLINK=macvtap:enp1s0", "UPLINK_MTU=9000"],
};

/** Files that don't depend on the way out. */
const SAME = /\/(hosts|hostname|machine-id|motd|resolv.conf|root.hash|modules)$|ssh/;

describe.each(Object.keys(CASES))("the way out %s", (name) => {
  const fabric = planFabric(configFrom(...(CASES[name] ?? [])));
  const internet = nodeOf(fabric, "internet");

  it("has the planned files in the internet router", () => {
    const files = render(fabric, internet).filter(({ path }) => !SAME.test(path));
    const text = files.map(({ path, content }) => `==== ${path}\n${content}`).join("\n");
    expectGolden(`uplinks/${name}.txt`, text);
  });

  it("is shown by the plan", () => {
    expectGolden(
      `uplinks/${name}-plan.txt`,
      `${formatPlan(fabric).split("\n\nDHCP")[0]}\n\n${formatPlan(fabric, "internet")}\n`,
    );
  });

  it("changes no file of another switch", () => {
    const shipped = planFabric(
      configFrom(...(CASES[name] ?? []).filter((line) => line.startsWith("SERVER_PREFIXES"))),
    );
    for (const node of shipped.nodes.filter(({ role }) => role === "spine")) {
      expect(render(fabric, nodeOf(fabric, node.name))).toEqual(render(shipped, node));
    }
  });
});
