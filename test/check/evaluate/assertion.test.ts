import { describe, expect, it } from "vitest";
import { parseAssertions } from "../../../src/check/assertions/parse.ts";
import { evaluateAssertion } from "../../../src/check/evaluate/assertion.ts";
import { type NodeObservation, nothingSeen, seen } from "../../../src/check/model/observation.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";

const fabric = planFabric(shippedConfig({ NUM_RACKS: 1 }));

function parse(...lines: readonly string[]) {
  return parseAssertions(fabric, "checks", lines.join("\n"));
}

describe("an assertion", () => {
  const observation: NodeObservation = {
    ...nothingSeen("not queried"),
    macs: seen([]),
    answered: seen(new Set(["10.0.0.1 84"])),
    routes: seen(
      new Map([
        [
          "10.0.0.0/24",
          [
            { device: "ens5", via: "fe80::1" },
            { device: "ens4", via: "fe80::2" },
          ],
        ],
      ]),
    ),
    dhcp: seen({
      listening: [],
      subnets: [],
      interfaces: [],
      leases: [{ address: "192.168.110.20", mac: "08:00:27:00:00:01" }],
    }),
  };

  it.each([
    ["reach leaf1 10.0.0.1", true, "answer"],
    ["not-reach leaf1 10.0.0.1", false, "answer"],
    ["reach leaf1 10.0.0.2", false, "no answer"],
    ["not-reach leaf1 10.0.0.2", true, "no answer"],
    ["route leaf1 10.0.0.0/24", true, "a route"],
    ["route leaf1 10.0.0.0/24 via 2", true, "2 next hops"],
    ["route leaf1 10.0.0.0/24 via 1", false, "2 next hops: ens4, ens5"],
    ["route leaf1 10.0.0.0/24 via ens4,ens5", true, "2 next hops: ens4, ens5"],
    ["route leaf1 10.0.0.0/24 via ens4", false, "2 next hops: ens4, ens5"],
    ["route leaf1 10.0.1.0/24", false, "no route"],
    ["no-route leaf1 10.0.1.0/24", true, "no route"],
    ["no-route leaf1 10.0.0.0/24", false, "2 next hops: ens4, ens5"],
    ["lease 08:00:27:00:00:01", true, "a lease"],
    ["lease 08:00:27:00:00:01 192.168.110.21", false, "192.168.110.20"],
    ["lease 08:00:27:00:00:02", false, "none"],
    // leaf2 was not queried: it is off.
    ["reach leaf2 10.0.0.1", null, "unknown: leaf2 is off"],
  ])("`%s` is evaluated by the observation", (line, ok, observed) => {
    const [assertion] = parse(line).assertions;
    const observations = new Map([
      ["leaf1", observation],
      ["leaf2", nothingSeen("leaf2 is off")],
    ]);
    expect(assertion && evaluateAssertion(assertion, observations)).toMatchObject({
      subject: line,
      ok,
      observed,
    });
  });
});
