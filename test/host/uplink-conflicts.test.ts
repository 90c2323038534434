import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { findConflicts } from "../../src/host/conflicts.ts";
import type { ObservedDevice, ObservedNetwork } from "../../src/host/model/observed.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { configFrom } from "../fabric/config.ts";
import { bareHost, ethernet } from "./network.ts";

const br0: ObservedDevice = {
  ...ethernet,
  index: 3,
  name: "br0",
  kind: "bridge",
  alternativeNames: [],
  addresses: [],
};
const spare: ObservedDevice = { ...br0, index: 4, name: "eth1", kind: null };
const port: ObservedDevice = { ...spare, index: 5, name: "eth2", master: "br0" };
const host: ObservedNetwork = { ...bareHost, devices: [ethernet, br0, spare, port] };

function conflicts(uplink: string, observed: ObservedNetwork = host): readonly string[] {
  const fabric = planFabric(
    configFrom(...uplink.split(" ").map((set) => (set.includes("=") ? set : `UPLINK=${set}`))),
  );
  return findConflicts(fabric, observed).map(({ what, fix }) => `${what} | ${fix}`);
}

function withDevice(device: ObservedDevice): ObservedNetwork {
  return { ...host, devices: host.devices.map((each) => (each.name === device.name ? device : each)) };
}

describe("the device of the way out", () => {
  it.each(["bridge:br0", "macvtap:eth1", "macvtap:eth0"])("is accepted if it fits: %s", (uplink) => {
    expect(conflicts(uplink)).toEqual([]);
  });

  it.each([
    ["bridge:br9", "there is no such device | name a bridge of this host: br0"],
    ["macvtap:eth9", "there is no such device | name a NIC of this host: eth0, eth1, eth2"],
    ["bridge:eth2", "eth2 is a port of br0 | write UPLINK=bridge:br0"],
    ["macvtap:eth2", "eth2 is a port of br0 | write UPLINK=bridge:br0, if that is a bridge"],
    ["macvtap:br0", "br0 is a bridge | write UPLINK=bridge:br0"],
    ["bridge:br0 UPLINK_MTU=9000", "br0 has MTU 1500, not 9000 | set UPLINK_MTU=1500"],
    ["macvtap:eth1 UPLINK_MTU=9000", "eth1 has MTU 1500, not 9000 | set UPLINK_MTU=1500"],
  ])("is refused with the remedy: %s", (uplink, problem) => {
    expect(conflicts(uplink)).toEqual([`UPLINK=${uplink.split(" ")[0]}: ${problem}`]);
  });

  it("may have a larger MTU than a macvtap on it, but not than a port of a bridge", () => {
    expect(conflicts("macvtap:eth1 UPLINK_MTU=1400")).toEqual([]);
    expect(conflicts("bridge:br0 UPLINK_MTU=1400")).toHaveLength(1);
  });

  it("is not taken from the host if it is a NIC: its addresses would have to move to the bridge", () => {
    const [problem] = conflicts("bridge:eth0");
    expect(problem).toContain("eth0 is no bridge");
    expect(problem).toContain("move its addresses (203.0.113.2/24)");
    expect(problem).toContain("Or write UPLINK=macvtap:eth0");
  });

  it("is refused if it is wireless, with the reason", () => {
    const [problem] = conflicts("macvtap:eth1", { ...host, wirelessUplink: true });
    expect(problem).toContain("eth1 is wireless: its access point drops frames from any other MAC");
  });

  it("is refused while it is down", () => {
    expect(conflicts("macvtap:eth1", withDevice({ ...spare, up: false }))[0]).toContain(
      "ip link set dev eth1 up",
    );
    expect(conflicts("bridge:br0", withDevice({ ...br0, up: false }))[0]).toContain("ip link set dev br0 up");
  });
});

it("the internet router's address is not one of the host's own", () => {
  const own = withDevice({ ...br0, addresses: [InterfaceAddress.from("10.77.0.9/24")] });
  const sets = "bridge:br0 UPLINK_ADDRESS=10.77.0.9/24 UPLINK_GATEWAY=10.77.0.1";
  expect(conflicts(sets, own)[0]).toContain("10.77.0.9 is this host's own address, on br0");
});

it("without a way out by the host, the host needs no default route", () => {
  const alone = { ...host, uplinkAddress: null };
  expect(conflicts("nat", alone)[0]).toContain("no default route");
  expect(conflicts("isolated", alone)).toEqual([]);
  expect(conflicts("bridge:br0", alone)).toEqual([]);
});
