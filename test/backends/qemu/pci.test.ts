import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeCards } from "../../../src/backends/qemu/pci.ts";

describe("places of network cards on PCI", () => {
  it("gives each card a slot of its own while there are any", () => {
    expect(placeCards(3)).toEqual({
      bridges: [],
      cards: [
        { bus: "pcie.0", addr: "8.0", multifunction: false },
        { bus: "pcie.0", addr: "9.0", multifunction: false },
        { bus: "pcie.0", addr: "a.0", multifunction: false },
      ],
    });
  });

  it("marks just those slots as multifunction that more than one card shares", () => {
    const { cards } = placeCards(17);
    expect(cards[0]).toEqual({ bus: "pcie.0", addr: "8.0", multifunction: true });
    expect(cards[1]).toEqual({ bus: "pcie.0", addr: "9.0", multifunction: false });
    expect(cards[16]).toEqual({ bus: "pcie.0", addr: "8.1", multifunction: false });
  });

  it("continues behind bridges when the root bus is full", () => {
    const { bridges, cards } = placeCards(129);
    expect(bridges).toEqual([{ id: "pci.1", place: { bus: "pcie.0", addr: "18.0", multifunction: false } }]);
    expect(cards[128]).toEqual({ bus: "pci.1", addr: "1.0", multifunction: false });
  });

  it("never gives one place to two devices, and has a function 0 in every slot used", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1200 }), (count) => {
        const { bridges, cards } = placeCards(count);
        expect(cards).toHaveLength(count);
        const places = [...bridges.map((bridge) => bridge.place), ...cards].map(
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
