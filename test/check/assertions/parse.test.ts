import { describe, expect, it } from "vitest";
import { parseAssertions } from "../../../src/check/assertions/parse.ts";
import { formatProblem } from "../../../src/errors.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";
import { plain } from "../../net/plain.ts";

const fabric = planFabric(shippedConfig({ NUM_RACKS: 1 }));

function parse(...lines: readonly string[]) {
  return parseAssertions(fabric, "checks", lines.join("\n"));
}

function problemOf(line: string): string | undefined {
  const [problem] = parse("# first line", line).problems;
  return problem && formatProblem(problem);
}

describe("a file of assertions", () => {
  it("holds destinations that are reachable and that are not, routes, and leases", () => {
    const { assertions, problems } = parse(
      "# what our servers announce",
      "reach leaf1 10.0.0.1   # a server",
      "not-reach host 2001:db8::1",
      "",
      "  reach leaf1 leaf2",
      "route spine1 10.0.0.0/24 via 2",
      "route leaf2 default via ens5,ens4",
      "route leaf2 2001:DB8:0::/32",
      "no-route spine1 10.9.0.0/16",
      "lease 08:00:27:AA:00:01 192.168.110.20",
    );
    expect(problems).toEqual([]);
    expect(plain(assertions)).toEqual([
      { kind: "reach", from: "leaf1", address: "10.0.0.1", wanted: true, text: "reach leaf1 10.0.0.1" },
      {
        kind: "reach",
        from: "host",
        address: "2001:db8::1",
        wanted: false,
        text: "not-reach host 2001:db8::1",
      },
      { kind: "reach", from: "leaf1", address: "192.168.98.5", wanted: true, text: "reach leaf1 leaf2" },
      {
        kind: "route",
        from: "spine1",
        prefix: "10.0.0.0/24",
        via: { count: 2 },
        wanted: true,
        text: "route spine1 10.0.0.0/24 via 2",
      },
      {
        kind: "route",
        from: "leaf2",
        prefix: "0.0.0.0/0",
        via: { ports: ["ens5", "ens4"] },
        wanted: true,
        text: "route leaf2 default via ens5,ens4",
      },
      {
        kind: "route",
        from: "leaf2",
        prefix: "2001:db8::/32",
        via: null,
        wanted: true,
        text: "route leaf2 2001:DB8:0::/32",
      },
      {
        kind: "route",
        from: "spine1",
        prefix: "10.9.0.0/16",
        via: null,
        wanted: false,
        text: "no-route spine1 10.9.0.0/16",
      },
      {
        kind: "lease",
        mac: "08:00:27:aa:00:01",
        address: "192.168.110.20",
        text: "lease 08:00:27:AA:00:01 192.168.110.20",
      },
    ]);
  });

  it.each([
    [
      "ping leaf1 10.0.0.1",
      '"ping" is not an assertion (choose from reach, not-reach, route, no-route, lease)',
    ],
    [
      "reach leaf9 10.0.0.1",
      "unknown switch: leaf9 (choose from host, internet, spine1, spine2, leaf1, leaf2)",
    ],
    ["reach leaf1", "missing argument: source switch, or destination"],
    ["reach leaf1 10.0.0.256", '"10.0.0.256" is neither an address nor a switch\'s name'],
    ["reach leaf1 $(reboot)", '"$(reboot)" is neither an address nor a switch\'s name'],
    ["reach leaf1 fe80::1%ens4", '"fe80::1%ens4" is neither an address nor a switch\'s name'],
    ["reach leaf1 10.0.0.1 quickly", "unexpected argument: quickly"],
    ["route leaf1 10.0.0.1/24", '"10.0.0.1/24" is not a network, such as 10.0.0.0/24 or 2001:db8::/32'],
    ["route leaf1 2001:db8::1/32", '"2001:db8::1/32" is not a network, such as 10.0.0.0/24 or 2001:db8::/32'],
    ["route leaf1 ::/129", '"::/129" is not a network, such as 10.0.0.0/24 or 2001:db8::/32'],
    [
      "route leaf1 10.0.0.0/24 via none!",
      '"none!" is neither a number of next hops nor a list of ports, such as ens4,ens5',
    ],
    ["route leaf1 10.0.0.0/24 over 2", "unexpected argument: over"],
    ["no-route leaf1 10.0.0.0/24 via 2", "unexpected argument: via"],
    ["lease 08:00:27", '"08:00:27" is not a MAC address, such as 08:00:27:00:00:01'],
    ["lease 08:00:27:00:00:01 10.0.0", '"10.0.0" is not an IPv4 address'],
  ])("is refused for `%s`, with the line number and the word", (line, message) => {
    expect(problemOf(line)).toBe(`checks:2: ${message}`);
  });

  it("has all its problems reported at once", () => {
    expect(parse("reach", "lease x", "reach leaf1 leaf2").problems.map(({ line }) => line)).toEqual([1, 2]);
  });
});
