import { describe, expect, it } from "vitest";
import { bmcAccess } from "../../src/bmc/access.ts";
import { shippedConfig } from "../fabric/config.ts";

function accessWith(overrides: Parameters<typeof shippedConfig>[0]) {
  return bmcAccess(shippedConfig({ BMC_USER: "admin", ...overrides }));
}

describe("the BMCs' user and password", () => {
  it("are the configuration's", () => {
    expect(accessWith({ BMC_PASSWORD: "s3cret", VM_ROOT_PASS: "other" })).toEqual({
      kind: "on",
      user: "admin",
      password: "s3cret",
    });
  });

  it("fall back to the switches' root password", () => {
    expect(accessWith({ VM_ROOT_PASS: "s3cret" })).toMatchObject({ kind: "on", password: "s3cret" });
  });

  it("may be as long as IPMI allows, counted in bytes", () => {
    expect(accessWith({ BMC_PASSWORD: "x".repeat(20) }).kind).toBe("on");
    expect(accessWith({ BMC_PASSWORD: "é".repeat(10) }).kind).toBe("on");
    expect(accessWith({ BMC_USER: "u".repeat(16), BMC_PASSWORD: "x" }).kind).toBe("on");
  });

  it("that IPMI has no room for mean no BMCs, and the reason names the key to set", () => {
    expect(accessWith({ VM_ROOT_PASS: "x".repeat(21) })).toEqual({
      kind: "off",
      reason: "VM_ROOT_PASS has 21 bytes, and IPMI takes 20 at most: set BMC_PASSWORD to have BMCs",
    });
    expect(accessWith({ VM_ROOT_PASS: "é".repeat(11) }).kind).toBe("off");
    expect(accessWith({ VM_ROOT_PASS: "a\0b" })).toEqual({
      kind: "off",
      reason: "VM_ROOT_PASS contains a NUL: set BMC_PASSWORD to have BMCs",
    });
    expect(accessWith({ VM_ROOT_PASS: "" }).kind).toBe("off");
    expect(accessWith({ BMC_USER: "u".repeat(17), BMC_PASSWORD: "x" }).kind).toBe("off");
    expect(accessWith({ BMC_USER: "", BMC_PASSWORD: "x" }).kind).toBe("off");
  });

  it("never appear in the reason", () => {
    const secret = "a-long-password-that-nobody-may-see";
    expect(JSON.stringify(accessWith({ VM_ROOT_PASS: secret }))).not.toContain(secret);
  });
});
