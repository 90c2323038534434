import { describe, expect, it } from "vitest";
import { leasesDisk } from "../../../src/backends/qemu/machine-plan.ts";
import { warmBaseMachine } from "../../../src/backends/qemu/warm-base/machine.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { shippedConfig } from "../../fabric/config.ts";
import { nodeOf } from "../../render/site.ts";

const fabric = planFabric(shippedConfig());
const disk = (name: string) => leasesDisk(nodeOf(fabric, name), "/var/lib/ikvswitch");

describe("the disk for DHCP leases", () => {
  it("is a file for left leaves, and keeps nothing in right ones", () => {
    expect(disk("leaf1")).toEqual({ leases: "/var/lib/ikvswitch/leases/leaf1" });
    expect(disk("leaf2")).toEqual({ leases: null });
    expect([disk("spine1"), disk("internet")]).toEqual([{}, {}]);
  });

  it("is in the warm base of all leaves, which keeps nothing, and in no other", () => {
    const warmBase = (name: string) => warmBaseMachine(nodeOf(fabric, name));
    expect(warmBase("leaf1").leases).toBeNull();
    expect(warmBase("leaf2")).toEqual(warmBase("leaf1"));
    expect(warmBase("spine1").leases).toBeUndefined();
  });
});
