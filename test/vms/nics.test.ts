import { describe, expect, it } from "vitest";
import { serverSessions } from "../../src/check/expect/servers.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { withoutTones } from "../../src/format/tone.ts";
import { formatVm } from "../../src/vms/format.ts";
import { isPlanned, vmNics } from "../../src/vms/nics.ts";
import type { VmReport } from "../../src/vms/observe.ts";
import { shippedConfig } from "../fabric/config.ts";
import { profile } from "./profile.ts";

const fabric = planFabric(shippedConfig());
const place = { rack: 1, position: 3 };

describe("a VM", () => {
  it.each([
    [1, ["ikvm1-3-1"]],
    [2, ["ikvm1-3-1", "ikvm1-3-2"]],
  ])("with nics = %d has the first taps of its position", (nics, taps) => {
    expect(vmNics(fabric, { ...place, profile: profile({ nics }) }).map(({ tap }) => tap)).toEqual(taps);
  });

  it("with a single NIC has a session with the left leaf only", () => {
    const server = { name: "web1", ...place, address: "192.168.98.254", asn: 4_210_001_003 };
    const leavesOf = (nics: number) =>
      fabric.nodes
        .filter((node) => serverSessions({ fabric, servers: [{ ...server, nics }] }, node).length > 0)
        .map(({ name }) => name);
    expect(leavesOf(1)).toEqual(["leaf1"]);
    expect(leavesOf(2)).toEqual(["leaf1", "leaf2"]);
  });

  it("shows its NICs with their taps, MACs and leaves", () => {
    const own = profile({ nics: 1 });
    const nics = vmNics(fabric, { ...place, profile: own });
    const vm = { name: "web1", ...place, profile: "test", state: "off", sessions: [] } as unknown as VmReport;
    expect(withoutTones(formatVm(vm, own, { nics, bmc: null, limits: null }))).toMatch(
      /^NICs +ikvm1-3-1 02:69:01:00:03:01 to leaf1$/m,
    );
  });

  it("is planned where the fabric has its position", () => {
    expect(isPlanned(fabric, place)).toBe(true);
    expect(isPlanned(fabric, { rack: 9, position: 3 })).toBe(false);
    expect(isPlanned(fabric, { rack: 1, position: 1 })).toBe(false);
  });
});
