import { describe, expect, it } from "vitest";
import { decodeProbe, encodeProbe } from "../../../src/bench/probe/packet.ts";

describe("probes", () => {
  it("are decoded as they were encoded; other packets are not decoded", () => {
    const probe = { sequence: 4_000_000_000, sentNs: 12_345_678_901_234n };
    expect(decodeProbe(encodeProbe(probe))).toEqual(probe);
    expect(decodeProbe(new Uint8Array(64))).toBeUndefined();
    expect(decodeProbe(new Uint8Array(3))).toBeUndefined();
  });
});
