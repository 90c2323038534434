import { describe, expect, it } from "vitest";
import { withBlock } from "../../../../src/backends/qemu/snapshot/stream.ts";

describe("the state of a VM's devices", () => {
  const devices = Buffer.from("QEVM\0\0\0\x03\x04the rest", "latin1");

  it("starts with the firmware's pages, in the format of QEMU's migration", () => {
    const content = Buffer.concat([Buffer.alloc(4096, 0xaa), Buffer.alloc(4096, 0xbb)]);
    const stream = Buffer.from(withBlock(devices, { name: "pc.bios", content }));
    const name = "0770632e62696f73"; // length, pc.bios
    const sections = [
      "01 7f000000 03 72616d 00000000 00000004",
      `0000000000002004 ${name} 0000000000002000 0000000000000010 7e 7f000000`,
      "03 7f000000",
      `0000000000000008 ${name} ${"aa".repeat(4096)}`,
      `0000000000001028 ${"bb".repeat(4096)}`,
      "0000000000000010 7e 7f000000",
    ];
    const expected = Buffer.from(sections.join("").replaceAll(" ", ""), "hex");
    expect(stream.subarray(0, 8)).toEqual(devices.subarray(0, 8));
    expect(stream.subarray(8, 8 + expected.length).equals(expected)).toBe(true);
    expect(stream.subarray(8 + expected.length)).toEqual(devices.subarray(8));
  });

  it("is refused in an unknown format", () => {
    const block = { name: "pc.bios", content: new Uint8Array(4096) };
    expect(() => withBlock(Buffer.from("QEVM\0\0\0\x04"), block)).toThrow(/unknown format/);
    expect(() => withBlock(Buffer.from("ELF and so on"), block)).toThrow(/unknown format/);
  });
});
