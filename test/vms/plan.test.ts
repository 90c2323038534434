import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { planVms } from "../../src/vms/plan.ts";
import { shippedConfig } from "../fabric/config.ts";
import { profile } from "./profile.ts";

const server = profile({ image: "switch", routing: "bgp" });

function announced(
  settings: Parameters<typeof shippedConfig>[0],
  positions: readonly (readonly [number, number])[],
  taken: readonly string[] = [],
  vmProfile = server,
) {
  const places = positions.map(([rack, position]) => ({ rack, position }));
  const names = places.map((_, index) => `server${index + 1}`);
  return planVms(planFabric(shippedConfig(settings)), {
    names,
    positions: places,
    profile: vmProfile,
    taken,
  }).map((vm) => vm.announced);
}

describe("new VMs with BGP", () => {
  it("get addresses of the loopbacks' network, which no switch and no other VM has", () => {
    expect(
      announced(
        {},
        [
          [1, 3],
          [2, 3],
        ],
        ["192.168.98.253"],
      ),
    ).toEqual([
      { address: "192.168.98.254", asn: 4_210_001_003 },
      { address: "192.168.98.252", asn: 4_210_002_003 },
    ]);
  });

  it("get addresses within SERVER_PREFIXES", () => {
    expect(announced({ SERVER_PREFIXES: ["192.168.101.0/29"] }, [[1, 3]])).toMatchObject([
      { address: "192.168.101.6" },
    ]);
  });

  it("get the address that SERVER_ADDRESSES gives to their position", () => {
    expect(
      announced({ SERVER_ADDRESSES: ["192.168.100.2/32=1-3", "192.168.101.0/24=1-4"] }, [
        [1, 3],
        [1, 4],
      ]),
    ).toMatchObject([{ address: "192.168.100.2" }, { address: "192.168.101.1" }]);
  });

  it("get the address that DHCP tells clients if they are network boot servers, which only one can be", () => {
    const bootServer = { ...server, bootServer: true };
    const plan = (taken: readonly string[], settings = {}) =>
      announced(settings, [[2, 3]], taken, bootServer);
    expect(plan([])).toEqual([{ address: "192.168.100.2", asn: 4_210_002_003 }]);
    expect(() => plan(["192.168.100.2"])).toThrow("another VM has 192.168.100.2");
    const pinned = { SERVER_ADDRESSES: ["192.168.100.2/32=1-4"] };
    expect(() => plan([], pinned)).toThrow("to another position; add --rack 1 --u 4");
    expect(() => plan([], { SERVER_PREFIXES: ["192.168.101.0/29"] })).toThrow("see SERVER_PREFIXES");
  });

  it("are refused when addresses run out", () => {
    expect(() =>
      announced({ SERVER_PREFIXES: ["192.168.101.4/30"] }, [
        [1, 3],
        [1, 4],
        [1, 5],
      ]),
    ).toThrow("no address is left that a server may announce; see SERVER_PREFIXES");
  });
});

it("VMs without BGP announce nothing", () => {
  const fabric = planFabric(shippedConfig());
  const request = { names: ["a"], positions: [{ rack: 1, position: 3 }], taken: [] };
  for (const without of [profile({ image: "switch" }), profile({ routing: "bgp" })]) {
    expect(planVms(fabric, { ...request, profile: without })).toMatchObject([
      { announced: null, wanted: false },
    ]);
  }
});
