import { describe, expect, it } from "vitest";
import { bmcAccess } from "../../src/bmc/access.ts";

function accessWith(password: string, user = "admin") {
  return bmcAccess({ bmcUser: user }, password);
}

describe("the BMCs' user and password", () => {
  it("are the configured ones", () => {
    expect(accessWith("s3cret")).toEqual({ kind: "on", user: "admin", password: "s3cret" });
  });

  it("may be as long as IPMI allows, in bytes", () => {
    expect(accessWith("x".repeat(20)).kind).toBe("on");
    expect(accessWith("é".repeat(10)).kind).toBe("on");
    expect(accessWith("x", "u".repeat(16)).kind).toBe("on");
  });

  it("turn the BMCs off if they are too long for IPMI, with a reason that names the key to set", () => {
    expect(accessWith("x".repeat(21))).toEqual({
      kind: "off",
      reason: "BMC_PASSWORD has 21 bytes (IPMI limit: 20); change it to enable BMCs",
    });
    expect(accessWith("é".repeat(11)).kind).toBe("off");
    expect(accessWith("a\0b")).toEqual({
      kind: "off",
      reason: "BMC_PASSWORD contains a NUL; change it to enable BMCs",
    });
    expect(accessWith("").kind).toBe("off");
    expect(accessWith("x", "u".repeat(17)).kind).toBe("off");
    expect(accessWith("x", "").kind).toBe("off");
  });

  it("never appear in the reason", () => {
    const secret = "a-long-password-that-nobody-may-see";
    expect(JSON.stringify(accessWith(secret))).not.toContain(secret);
  });
});
