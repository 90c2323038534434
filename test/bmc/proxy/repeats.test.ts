import { expect, it } from "vitest";
import { repeatedControls } from "../../../src/bmc/proxy/repeats.ts";

/** A message of a client to the BMC (IPMI 2.0, section 13.8). */
function message(netFn: number, sequence: number, command: number, ...data: readonly number[]): Uint8Array {
  return Uint8Array.from([0x20, netFn << 2, 0, 0x81, sequence << 2, command, ...data, 0]);
}

const reset = (sequence: number) => message(0, sequence, 2, 3);

it("finds a chassis control that is repeated, for ten seconds", () => {
  let ms = 0;
  const isRepeated = repeatedControls(() => ms);
  expect(isRepeated(reset(5))).toBe(false);
  ms = 4_000;
  expect(isRepeated(reset(5))).toBe(true);
  ms = 11_000;
  expect(isRepeated(reset(5))).toBe(false);
});

it("passes what is a new request, or does not change the machine's power", () => {
  const isRepeated = repeatedControls(() => 0);
  expect([reset(5), reset(6), message(0, 6, 2, 1)].map(isRepeated)).toEqual([false, false, false]);
  const status = message(0, 7, 1);
  expect([status, status].map(isRepeated)).toEqual([false, false]);
});
