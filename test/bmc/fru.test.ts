import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fruInventory } from "../../src/bmc/fru.ts";

const text = fc
  .array(fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789-"), { minLength: 2, maxLength: 63 })
  .map((letters) => letters.join(""));

describe("an FRU inventory", () => {
  it("has a header and an area whose bytes add up to zero; the area's length is a multiple of eight", () => {
    fc.assert(
      fc.property(text, text, text, (manufacturer, name, partNumber) => {
        const bytes = [...fruInventory({ manufacturer, name, partNumber })];
        const [header, area] = [bytes.slice(0, 8), bytes.slice(8)];
        expect(header.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
        expect(area.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
        expect(area.length).toBe(8 * (area[1] ?? 0));
        expect(Buffer.from(area).toString("latin1")).toContain(name);
      }),
    );
  });
});
