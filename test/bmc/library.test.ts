import { describe, expect, it } from "vitest";
import { libraryPath } from "../../src/bmc/library.ts";

describe("the library's path", () => {
  it("is the one that the dynamic linker would load", () => {
    const ldd = `	linux-vdso.so.1 (0x00007f053fbbf000)
	libOpenIPMIposix.so.0 => /lib/x86_64-linux-gnu/libOpenIPMIposix.so.0 (0x00007f053fb7c000)
	libIPMIlanserv.so.0 => /lib/x86_64-linux-gnu/libIPMIlanserv.so.0 (0x00007f053fb4a000)
`;
    expect(libraryPath(ldd, "libIPMIlanserv.so.0")).toBe("/lib/x86_64-linux-gnu/libIPMIlanserv.so.0");
    expect(libraryPath(ldd, "libother.so.0")).toBeUndefined();
  });
});
