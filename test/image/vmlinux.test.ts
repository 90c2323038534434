import { describe, expect, it } from "vitest";
import { compressedKernel } from "../../src/image/vmlinux.ts";

/** Returns a bzImage as in boot.rst: one setup sector after the first, the payload 16 bytes into the rest. */
function bzImage(payload: readonly number[]): Uint8Array {
  const image = new Uint8Array(2 * 512 + 16 + payload.length + 4 + 100);
  const view = new DataView(image.buffer);
  view.setUint8(0x1f1, 1);
  image.set(new TextEncoder().encode("HdrS"), 0x202);
  view.setUint32(0x248, 16, true);
  view.setUint32(0x24c, payload.length + 4, true);
  image.set(payload, 2 * 512 + 16);
  return image;
}

describe("the kernel inside a bzImage", () => {
  it.each([
    ["zstd", [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]],
    ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1]],
  ])("is found if packed by %s, without the size after it", (_, payload) => {
    expect(compressedKernel(bzImage(payload))).toEqual(Uint8Array.from(payload));
  });

  it("stays packed if zstd(1) can't unpack it, as with Debian 12's LZ4", () => {
    expect(compressedKernel(bzImage([0x02, 0x21, 0x4c, 0x18, 1, 2]))).toBeNull();
  });

  it("is not searched for in other files", () => {
    expect(compressedKernel(new Uint8Array(4096))).toBeNull();
    expect(compressedKernel(new Uint8Array(10))).toBeNull();
  });
});
