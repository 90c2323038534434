import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { planServers } from "../../src/servers/plan.ts";
import { configFrom, shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const [a, b] = planServers(fabric, () => true);

describe("the benchmark's servers", () => {
  it("take the highest free position of two racks and addresses that nobody has", () => {
    expect(
      [a, b].map(({ name, rack, position, address }) => [name, rack, position, String(address)]),
    ).toEqual([
      ["bench1", 1, 15, "192.168.127.254"],
      ["bench2", 2, 15, "192.168.127.253"],
    ]);
    const [next] = planServers(fabric, (tap) => tap !== "ikvm1-15-2");
    expect(next.position).toBe(14);
  });

  it("have addresses that servers may announce", () => {
    const plan = (prefix: string) =>
      planServers(planFabric(configFrom(`SERVER_PREFIXES=${prefix}`)), () => true);
    expect(plan("192.168.98.0/28").map(({ address }) => String(address))).toEqual([
      "192.168.98.14",
      "192.168.98.13",
    ]);
    // All of these are switches' own.
    expect(() => plan("192.168.98.0/29")).toThrow(/SERVER_PREFIXES/);
  });

  it("need two racks with room", () => {
    expect(() => planServers(fabric, (tap) => !tap.startsWith("ikvm2") && !tap.startsWith("ikvm3"))).toThrow(
      UsageError,
    );
  });
});
