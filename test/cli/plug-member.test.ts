import { describe, expect, it, vi } from "vitest";
import { memberToPlug, refuseSegment } from "../../src/cli/plug-member.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { configFrom } from "../fabric/config.ts";

const fabric = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=admin@10.0.0.2'"));

describe("a server's place on a member", () => {
  it("is told with the login", () => {
    const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const member = memberToPlug(fabric, 2, true);
    const text = told.mock.calls.map(([words]) => String(words)).join("");
    told.mockRestore();
    expect(member?.name).toBe("beta");
    expect(text).toContain("Attach it on beta (ssh admin@10.0.0.2), as root: the taps of rack 2 are there");
  });

  it("has no sockets, since these are on this host", () => {
    expect(() => memberToPlug(fabric, 1, false)).toThrow("rack 1 is on alpha, and sockets are on this host");
    expect(() => refuseSegment(fabric)).toThrow("the switches are on alpha, beta");
  });

  it("is this host without members", () => {
    const one = planFabric(configFrom());
    expect(memberToPlug(one, 1, false)).toBeUndefined();
    expect(() => refuseSegment(one)).not.toThrow();
  });
});
