import { expect, it } from "vitest";
import { linkLocalOf } from "../../src/fabric/link-local.ts";

it.each([
  ["08:00:27:06:ac:52", "fe80::a00:27ff:fe06:ac52"],
  ["52:54:00:12:34:56", "fe80::5054:ff:fe12:3456"],
  ["00:22:22:dd:ee:10", "fe80::222:22ff:fedd:ee10"],
  ["02:00:00:00:00:01", "fe80::ff:fe00:1"],
  ["fe:ff:ff:ff:ff:ff", "fe80::fcff:ffff:feff:ffff"],
])("an interface with MAC %s has %s", (mac, address) => {
  expect(linkLocalOf(mac)).toBe(address);
});
