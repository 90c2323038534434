import { describe, expect, it } from "vitest";
import { warmBaseMachine } from "../../../../src/backends/qemu/warm-base/machine.ts";
import { leaf1, spine1 } from "../../../nodes/nodes.ts";

describe("a warm base's VM", () => {
  it("has neither the name nor the taps nor the MACs of the node", () => {
    const text = JSON.stringify(warmBaseMachine(spine1));
    for (const own of [spine1.name, ...spine1.ports.flatMap(({ tap, mac }) => [tap, String(mac)])]) {
      expect(text).not.toContain(`"${own}"`);
    }
  });

  it("has locally administered MACs that encode each NIC's position in decimal", () => {
    const macs = warmBaseMachine(leaf1(130)).ports.map(({ mac }) => String(mac));
    expect(macs.slice(8, 10)).toEqual(["02:69:6b:76:00:09", "02:69:6b:76:00:10"]);
    expect(macs[131]).toBe("02:69:6b:76:01:32");
    expect(new Set(macs).size).toBe(132);
  });
});
