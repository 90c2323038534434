import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { checkVmName, newNames } from "../../src/vms/vm-name.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());

describe("the names of new VMs", () => {
  it("are numbered after the profile or the given name, without those that are taken", () => {
    expect(newNames({ name: undefined, count: 2, profile: "XS" }, ["xs1"])).toEqual(["xs2", "xs3"]);
    expect(newNames({ name: "db", count: 2, profile: "xs" }, [])).toEqual(["db1", "db2"]);
    expect(newNames({ name: "db", count: 1, profile: "xs" }, [])).toEqual(["db"]);
  });

  it("are not those of other VMs", () => {
    expect(() => newNames({ name: "db", count: 1, profile: "xs" }, ["db"])).toThrow(
      new UsageError("a VM db exists; 'ikvswitch vm rm db' deletes it"),
    );
  });

  it.each(["a", "db1", "my-server-2", `a${"b".repeat(29)}`])("may be %s", (name) => {
    expect(() => checkVmName(fabric, name)).not.toThrow();
  });

  it.each([
    "",
    "1a",
    "-a",
    "a-",
    "A",
    "a.b",
    "a b",
    "a;b",
    "$(id)",
    "../x",
    "a\n",
    `a${"b".repeat(30)}`,
    "leaf1",
  ])("may not be %j", (name) => {
    expect(() => checkVmName(fabric, name)).toThrow(UsageError);
  });
});
