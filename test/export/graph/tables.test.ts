import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { formatPlan } from "../../../src/export/graph/tables.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";
import { expectGolden } from "../../golden.ts";

describe("formatPlan", () => {
  it("shows a whole fabric", () => {
    expectGolden("graph/plan.txt", `${formatPlan(planFabric(configFrom("NUM_RACKS=2", "NUM_U=4")))}\n`);
  });

  it("leaves out VLANs if there are none", () => {
    expect(formatPlan(planFabric(configFrom("VLAN_SUBNETS_NUM=0")))).not.toContain("VLANs");
  });

  it.each(["internet", "spine2", "leaf1", "leaf2"])("shows all of %s", (name) => {
    const fabric = planFabric(
      configFrom("NUM_U=5", "DHCP_RESERVATIONS=52:54:00:00:00:01=192.168.110.9=db1", "MY_IP=203.0.113.5"),
    );
    expectGolden(`graph/plan-${name}.txt`, `${formatPlan(fabric, name)}\n`);
  });

  it("refuses an unknown switch, and lists the known ones", () => {
    const fabric = planFabric(configFrom("NUM_RACKS=1"));
    expect(() => formatPlan(fabric, "leaf3")).toThrow(ConfigError);
    expect(() => formatPlan(fabric, "leaf3")).toThrow(
      'there is no switch "leaf3"; there are internet, spine1, spine2, leaf1, leaf2',
    );
  });
});
