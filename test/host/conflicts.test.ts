import { describe, expect, it } from "vitest";
import { DEFAULT_MARK } from "../../src/fabric/mark.ts";
import { findConflicts, networksInside } from "../../src/host/conflicts.ts";
import type { ObservedDevice, ObservedNetwork } from "../../src/host/model/observed.ts";
import { Address } from "../../src/net/address.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { bareHost, builtHost, ethernet, type RouteText, route, smallFabric } from "./network.ts";

function conflicts(observed: ObservedNetwork): readonly string[] {
  return findConflicts(smallFabric, observed).map(({ what }) => what);
}

function withForeign(device: Partial<ObservedDevice>): ObservedNetwork {
  return {
    ...bareHost,
    devices: [...bareHost.devices, { ...ethernet, index: 3, alternativeNames: [], addresses: [], ...device }],
  };
}

function withRoute(seen: RouteText): ObservedNetwork {
  return {
    ...bareHost,
    routes: [...bareHost.routes, route({ gateway: "203.0.113.9", devices: ["eth0"], ...seen })],
  };
}

describe("a conflict with the host", () => {
  it("does not exist on a bare host or on one with the fabric's network", () => {
    expect(conflicts(bareHost)).toEqual([]);
    expect(conflicts(builtHost(smallFabric))).toEqual([]);
  });

  it("is a foreign device with a planned name, even as an alternative name", () => {
    expect(conflicts(withForeign({ name: "ikhb", kind: "bridge" }))).toEqual([
      "a foreign bridge device named ikhb exists",
    ]);
    expect(conflicts(withForeign({ name: "eth1", alternativeNames: ["ikeb1-3"] }))).toEqual([
      "a foreign network device named ikeb1-3 exists",
    ]);
  });

  it("is hardware in ikvswitch's link group, which could not be removed with the group", () => {
    expect(conflicts(withForeign({ name: "eth1", group: DEFAULT_MARK.linkGroup }))).toEqual([
      `eth1 is in link group ${DEFAULT_MARK.linkGroup}`,
    ]);
  });

  it.each([
    ["192.168.96.0/19", "192.168.96.0/19"],
    ["192.168.100.0/24", "192.168.100.2/32"],
    ["192.168.98.7/32", "192.168.98.0/24"],
    ["192.168.110.0/23", "192.168.110.0/24"],
    ["192.168.0.0/16", "192.168.96.0/19"],
    ["192.168.200.128/25", "192.168.200.0/24"],
  ])("is a route to %s, which overlaps %s", (destination, prefix) => {
    expect(conflicts(withRoute({ destination }))).toEqual([
      `route ${destination} via 203.0.113.9 dev eth0 overlaps the fabric's ${prefix}`,
    ]);
  });

  it("is also such a route in another table, or without a device", () => {
    expect(conflicts(withRoute({ destination: "192.168.98.0/24", table: 100 }))).toEqual([
      "route 192.168.98.0/24 via 203.0.113.9 dev eth0 table 100 overlaps the fabric's 192.168.98.0/24",
    ]);
    const blackhole = { destination: "192.168.98.0/24", type: 6, gateway: null, devices: [] };
    expect(conflicts(withRoute(blackhole))).toEqual([
      "route 192.168.98.0/24 overlaps the fabric's 192.168.98.0/24",
    ]);
  });

  it.each([
    ["a default route", { destination: "default" }],
    ["a route to half of all addresses, as VPNs set it", { destination: "128.0.0.0/1" }],
    ["a null route for all private addresses", { destination: "192.168.0.0/16", type: 7, devices: [] }],
    ["a neighbouring network", { destination: "192.168.128.0/24" }],
    ["a local route", { destination: "192.168.97.0/24", table: 255, type: 2 }],
  ])("is not %s", (_name, seen) => {
    expect(conflicts(withRoute(seen))).toEqual([]);
  });

  it("is an address of the host in the fabric's network, reported once", () => {
    expect(
      conflicts(withForeign({ name: "lo", addresses: ["192.168.98.1/32"].map(InterfaceAddress.from) })),
    ).toEqual(["address 192.168.98.1/32 on lo overlaps the fabric's 192.168.98.0/24"]);
    const withBoth = withForeign({ name: "eth1", addresses: ["192.168.98.5/24"].map(InterfaceAddress.from) });
    const connected = route({ destination: "192.168.98.0/24", devices: ["eth1"], protocol: 2 });
    expect(conflicts({ ...withBoth, routes: [...withBoth.routes, connected] })).toEqual([
      "route 192.168.98.0/24 dev eth1 overlaps the fabric's 192.168.98.0/24",
    ]);
  });

  it("is not a network in a free part of the whole network, such as libvirt's, which a start only reports", () => {
    const bridge = withForeign({
      name: "virbr0",
      kind: "bridge",
      addresses: ["192.168.122.1/24"].map(InterfaceAddress.from),
    });
    const connected = route({ destination: "192.168.122.0/24", devices: ["virbr0"], protocol: 2 });
    const withLibvirt = { ...bridge, routes: [...bridge.routes, connected] };
    expect(conflicts(withLibvirt)).toEqual([]);
    expect(networksInside(smallFabric, withLibvirt)).toEqual([
      "route 192.168.122.0/24 dev virbr0 overlaps the fabric's 192.168.96.0/19; it is kept, so servers in the fabric must not use its addresses",
    ]);
    expect(networksInside(smallFabric, builtHost(smallFabric))).toEqual([]);
    expect(networksInside(smallFabric, withRoute({ destination: "192.168.98.0/25" }))).toEqual([]);
  });

  it("is a MY_IP that this host does not have; the fix names the host's addresses", () => {
    const with7 = {
      ...smallFabric,
      host: { ...smallFabric.host, snatAddress: Address.from("198.51.100.7") },
    };
    const problems = findConflicts(
      with7,
      withForeign({ name: "lo", addresses: ["127.0.0.1/8"].map(InterfaceAddress.from) }),
    );
    expect(problems.map(({ what }) => what)).toEqual(["MY_IP=198.51.100.7 is not an address of this host"]);
    expect(problems[0]?.fix).toContain("use MY_IP=auto, or an address of this host: 203.0.113.2 (eth0);");
    const onLoopback = withForeign({ name: "lo", addresses: ["198.51.100.7/32"].map(InterfaceAddress.from) });
    expect(findConflicts(with7, onLoopback)).toEqual([]);
  });

  it("is a DNS server in a network of the host within the fabric's, unless it is the host itself", () => {
    const lan = withForeign({ name: "eth1", addresses: ["192.168.122.9/24"].map(InterfaceAddress.from) });
    const connected = route({ destination: "192.168.122.0/24", devices: ["eth1"], protocol: 2 });
    const observed = { ...lan, routes: [...lan.routes, connected] };
    const told = (...servers: readonly string[]) =>
      findConflicts(smallFabric, observed, servers.map(Address.from)).map(({ what }) => what);
    expect(told("192.168.122.1")).toEqual([
      "DNS server 192.168.122.1 is unreachable from the fabric: route 192.168.122.0/24 dev eth1 is within the fabric's 192.168.96.0/19",
    ]);
    // The host itself, a server beyond the host, one in a rack, and one that a server announces.
    expect(told("192.168.122.9", "192.0.2.53", "192.168.110.30", "192.168.105.1")).toEqual([]);
    // A server in a rack is not affected by a null route for a larger network.
    const null21 = withRoute({ destination: "192.168.104.0/21", type: 6, gateway: null, devices: [] });
    expect(findConflicts(smallFabric, null21, [Address.from("192.168.110.30")])).toEqual([]);
  });

  it("is a missing default route, unless MY_IP is set", () => {
    const offline = { ...bareHost, uplinkAddress: null };
    expect(conflicts(offline)).toEqual(["no default route"]);
    const withMyIp = {
      ...smallFabric,
      host: { ...smallFabric.host, snatAddress: Address.from("203.0.113.2") },
    };
    expect(findConflicts(withMyIp, offline)).toEqual([]);
  });
});
