import fc from "fast-check";
import { expect, it } from "vitest";
import { Mac } from "../../src/net/mac.ts";

const LAST = 2 ** 48 - 1;
const macs = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0, max: LAST })).map((value) => new Mac(value));

it.each([
  ["00:00:00:00:00:00", 0],
  ["08:00:27:06:ac:52", 0x08002706ac52],
  ["ff:ff:ff:ff:ff:ff", LAST],
])("%s is parsed to %d and formatted back", (text, value) => {
  expect(Mac.parse(text)).toEqual(new Mac(value));
  expect(String(new Mac(value))).toBe(text);
  expect(JSON.stringify({ mac: new Mac(value) })).toBe(`{"mac":"${text}"}`);
});

it("a MAC in upper case is formatted in lower case", () => {
  expect(String(Mac.from("08:00:27:AB:CD:EF"))).toBe("08:00:27:ab:cd:ef");
});

it.each([
  "",
  "08:00:27:06:ac",
  "08:00:27:06:ac:52:00",
  "8:0:27:6:ac:52",
  "08-00-27-06-ac-52",
  "080027.06ac52",
  "08:00:27:06:ac:5g",
  "08:00:27:06:ac:52 ",
  "08:00:27:06:ac:52\n",
])("%j is no MAC", (text) => {
  expect(Mac.parse(text)).toBeNull();
  expect(() => Mac.from(text)).toThrow(RangeError);
});

it.each([-1, 2 ** 48, 1.5, Number.NaN])("%d is no MAC", (value) => {
  expect(() => new Mac(value)).toThrow(RangeError);
});

it("every MAC is parsed back from its text", () => {
  fc.assert(
    fc.property(macs, (mac) => {
      expect(Mac.parse(String(mac))).toEqual(mac);
    }),
  );
});

it("a sum carries into the next byte", () => {
  expect(String(Mac.from("08:00:27:06:ab:ff").plus(1))).toBe("08:00:27:06:ac:00");
  expect(Mac.from("08:00:27:06:ab:ff").plus(1).equals(Mac.from("08:00:27:06:ac:00"))).toBe(true);
  expect(Mac.from("08:00:27:06:ab:ff").equals(Mac.from("08:00:27:06:ac:00"))).toBe(false);
});

it.each([
  ["01:00:5e:00:00:01", true],
  ["ff:ff:ff:ff:ff:ff", true],
  ["02:ff:ff:ff:ff:ff", false],
  ["fe:00:00:00:00:00", false],
])("%s is multicast: %s", (text, multicast) => {
  expect(Mac.from(text).isMulticast).toBe(multicast);
});

it.each([
  ["08:00:27:06:ac:52", "fe80::a00:27ff:fe06:ac52"],
  ["52:54:00:12:34:56", "fe80::5054:ff:fe12:3456"],
  ["00:22:22:dd:ee:10", "fe80::222:22ff:fedd:ee10"],
  ["02:00:00:00:00:01", "fe80::ff:fe00:1"],
  ["fe:ff:ff:ff:ff:ff", "fe80::fcff:ffff:feff:ffff"],
])("an interface with MAC %s has the link-local address %s", (mac, address) => {
  expect(String(Mac.from(mac).linkLocal)).toBe(address);
});

it("different MACs have different link-local addresses", () => {
  fc.assert(
    fc.property(macs, macs, (a, b) => {
      expect(a.linkLocal.equals(b.linkLocal)).toBe(a.equals(b));
    }),
  );
});
