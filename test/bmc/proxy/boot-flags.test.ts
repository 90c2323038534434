import { expect, it } from "vitest";
import { bootDuration } from "../../../src/bmc/proxy/boot-flags.ts";

/** Returns a message as `ipmitool chassis bootdev` sends it: addresses and checksums do not matter here. */
function message(command: number, ...data: readonly number[]): Uint8Array {
  return Uint8Array.from([0x20, 0x00 << 2, 0, 0x81, 0x10, command, ...data, 0]);
}

it("is read of a request that sets the boot device: for the next boot only, or for all", () => {
  expect(bootDuration(message(0x08, 5, 0x80, 0x04, 0, 0, 0))).toBe("once");
  expect(bootDuration(message(0x08, 5, 0xc0, 0x04, 0, 0, 0))).toBe("always");
  // With the mark that the parameter is valid.
  expect(bootDuration(message(0x08, 0x85, 0xc0, 0x04, 0, 0, 0))).toBe("always");
});

it("is in no other request", () => {
  expect(bootDuration(message(0x08, 3, 0xc0))).toBeUndefined();
  expect(bootDuration(message(0x09, 5, 0xc0))).toBeUndefined();
  expect(bootDuration(Uint8Array.from([0x20, 0x06 << 2, 0, 0x81, 0x10, 0x08, 5, 0xc0]))).toBeUndefined();
  expect(bootDuration(new Uint8Array())).toBeUndefined();
});
