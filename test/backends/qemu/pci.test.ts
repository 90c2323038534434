import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeNics } from "../../../src/backends/qemu/pci.ts";

describe("PCI addresses of NICs", () => {
  it("each NIC has its own slot while slots are free", () => {
    expect(placeNics(3)).toEqual({
      bridges: [],
      nics: [
        { bus: "pcie.0", addr: "8.0", multifunction: false },
        { bus: "pcie.0", addr: "9.0", multifunction: false },
        { bus: "pcie.0", addr: "a.0", multifunction: false },
      ],
    });
  });

  it("only slots with more than one NIC are multifunction", () => {
    const { nics } = placeNics(17);
    expect(nics[0]).toEqual({ bus: "pcie.0", addr: "8.0", multifunction: true });
    expect(nics[1]).toEqual({ bus: "pcie.0", addr: "9.0", multifunction: false });
    expect(nics[16]).toEqual({ bus: "pcie.0", addr: "8.1", multifunction: false });
  });

  it("NICs are behind bridges once the root bus is full", () => {
    const { bridges, nics } = placeNics(129);
    expect(bridges).toEqual([{ id: "pci.1", place: { bus: "pcie.0", addr: "18.0", multifunction: false } }]);
    expect(nics[128]).toEqual({ bus: "pci.1", addr: "1.0", multifunction: false });
  });

  it("no two devices have the same address, and every slot in use has a function 0", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1200 }), (count) => {
        const { bridges, nics } = placeNics(count);
        expect(nics).toHaveLength(count);
        const places = [...bridges.map((bridge) => bridge.place), ...nics].map(
          (place) => `${place.bus} ${place.addr}`,
        );
        expect(new Set(places).size).toBe(places.length);
        for (const place of places) {
          expect(places).toContain(place.replace(/\.\d$/, ".0"));
        }
      }),
      { numRuns: 30 },
    );
  });
});
