import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { serverAddress6 } from "../../src/fabric/server-address.ts";
import { usedPrefixes } from "../../src/fabric/used-prefixes.ts";
import { expectGolden } from "../golden.ts";
import { configFrom, ROOMY } from "./config.ts";
import { leaves, nodeOf, plan, portOf } from "./parts.ts";

const KEY = "HOST_VIRTUAL_SUBNET6=fd69:6b76:7377::/48";
const dual = plan(configFrom(KEY));

describe("a fabric with HOST_VIRTUAL_SUBNET6", () => {
  it("has addresses in which the numbers of switches, racks and VLANs can be read", () => {
    expect(dual.networks6).toEqual({
      prefix: "fd69:6b76:7377::/48",
      hostPrefix: "fd69:6b76:7377::/64",
      loopbackPrefix: "fd69:6b76:7377:f::/64",
      serverPrefix: "fd69:6b76:7377:e::/64",
    });
    expect(nodeOf(dual, "leaf6")).toMatchObject({
      loopback: "192.168.98.9",
      loopback6: "fd69:6b76:7377:f::9",
    });
    expect(leaves(dual).flatMap(({ dhcp }) => dhcp?.network6 ?? [])[1]).toEqual({
      prefix: "fd69:6b76:7377:a2::/64",
      router: "fd69:6b76:7377:a2::1/64",
      poolFirst: "fd69:6b76:7377:a2::20",
      poolLast: "fd69:6b76:7377:a2::250",
    });
    expect(leaves(dual).flatMap(({ l2Vlans }) => l2Vlans.map(({ gateway6 }) => gateway6))).toEqual(
      [11, 12, 13, 14, 15].map((id) => `fd69:6b76:7377:${id}::1/64`),
    );
    expect(portOf(dual, "internet", "ens4").address6).toBe("fd69:6b76:7377::2/64");
    expect(dual.host.uplink6).toEqual({
      address: "fd69:6b76:7377::1/64",
      gateway: "fd69:6b76:7377::2",
      nat: false,
    });
  });

  it("writes numbers of two and more digits as they are", () => {
    const large = plan(
      configFrom(KEY, ...ROOMY, "NUM_RACKS=64", "NUM_SPINES=9", "NUM_U=48", "VLAN_START=4000"),
    );
    expect(nodeOf(large, "leaf128").loopback6).toBe("fd69:6b76:7377:f::138");
    expect(nodeOf(large, "leaf127")).toMatchObject({
      dhcp: { network6: { prefix: "fd69:6b76:7377:a64::/64" } },
    });
    expect(nodeOf(large, "leaf2")).toMatchObject({
      l2Vlans: [{ gateway6: "fd69:6b76:7377:4000::1/64" }, ...rest(4)],
    });
    const address = (rack: number, position: number) =>
      String(serverAddress6(planFabric(configFrom(KEY)), rack, position));
    expect([address(1, 3), address(64, 1025)]).toEqual([
      "fd69:6b76:7377:e::1:3",
      "fd69:6b76:7377:e::64:1025",
    ]);
  });

  it.each([
    ["the shipped size", [], 56],
    ["ten racks", [...ROOMY, "NUM_RACKS=10"], 52],
    ["VLANs with four digits", ["VLAN_START=1000"], 51],
    ["one rack without VLANs", ["NUM_RACKS=1", "VLAN_SUBNETS_NUM=0"], 56],
    ["the largest numbers", [...ROOMY, "NUM_RACKS=64", "VLAN_START=4090"], 49],
  ])("needs no more /64s than its highest number: %s", (_, lines, length) => {
    const whole = (bits: number) => configFrom(...lines, `HOST_VIRTUAL_SUBNET6=2001:db8::/${bits}`);
    expect(() => planFabric(whole(length))).not.toThrow();
    expect(() => planFabric(whole(length + 1))).toThrow(ConfigError);
    expect(() => planFabric(whole(length + 1))).toThrow(`use a prefix of length ${length} or less`);
  });

  it("has networks that lie in the whole network and do not overlap", () => {
    const fabric = planFabric(
      configFrom(KEY, ...ROOMY, "NUM_RACKS=64", "NUM_SPINES=9", "VLAN_START=1", "VLAN_SUBNETS_NUM=5"),
    );
    const networks = usedPrefixes(fabric).filter(({ family }) => family === 6);
    expect(networks).toHaveLength(3 + 64 + 5);
    expect(new Set(networks.map(String)).size).toBe(networks.length);
    expect(networks.every(({ length }) => length === 64)).toBe(true);
    expect(networks.every((network) => fabric.networks6?.prefix.contains(network))).toBe(true);
  });

  it("lets servers announce all of it but the fabric's own networks", () => {
    expect(dual.serverAccess.announced6).toEqual({
      allowedPrefixes: ["fd69:6b76:7377::/48"],
      deniedPrefixes: ["", "f:", "a1:", "a2:", "a3:", "11:", "12:", "13:", "14:", "15:"].map(
        (subnet) => `fd69:6b76:7377:${subnet}:/64`,
      ),
      addressesOnly: [],
      pinned: [],
    });
  });

  it("takes networks of both families from SERVER_PREFIXES, and addresses from SERVER_ADDRESSES", () => {
    const lines = ["SERVER_PREFIXES=2001:db8:7::/48", "SERVER_ADDRESSES=fd69:6b76:7377:e::1:3=1-3"];
    const { serverAccess } = plan(configFrom(KEY, ...lines));
    expect(serverAccess.allowedPrefixes).toEqual(["192.168.96.0/19"]);
    expect(serverAccess.announced6).toMatchObject({
      allowedPrefixes: ["2001:db8:7::/48"],
      pinned: [{ prefix: "fd69:6b76:7377:e::1:3/128", rack: 1, position: 3 }],
    });
    expect(() => planFabric(configFrom(KEY, "SERVER_ADDRESSES=fd69:6b76:7377:f::4=1-3"))).toThrow(
      "fd69:6b76:7377:f::/64 is the fabric's own; give a server's address",
    );
    expect(() => planFabric(configFrom("SERVER_ADDRESSES=fd00::4=1-3"))).toThrow(
      "it is not in SERVER_PREFIXES, and the fabric has IPv4 only (HOST_VIRTUAL_SUBNET6)",
    );
  });

  it("equals the golden file", () => {
    const { nodes, links, sessions, racks, ...rest } = dual;
    const some = nodes.filter(({ name }) => ["internet", "spine1", "leaf1", "leaf2"].includes(name));
    const summary = { ...rest, nodes: some.map(({ ports, ...node }) => ({ ...node, port1: ports[0] })) };
    expectGolden("plans/dual-stack.json", `${JSON.stringify(summary, null, 1)}\n`);
  });
});

function rest(count: number): readonly unknown[] {
  return Array.from({ length: count }, () => expect.anything());
}
