import fc from "fast-check";
import { expect, it } from "vitest";
import { Address } from "../../src/net/address.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { Prefix } from "../../src/net/prefix.ts";
import { addresses } from "./arbitrary.ts";

it.each([
  ["192.168.96.1/24", "192.168.96.1", "192.168.96.0/24"],
  ["192.168.96.0/24", "192.168.96.0", "192.168.96.0/24"],
  ["10.0.0.1/32", "10.0.0.1", "10.0.0.1/32"],
  ["10.0.0.1/0", "10.0.0.1", "0.0.0.0/0"],
  ["2001:db8::1:1/64", "2001:db8::1:1", "2001:db8::/64"],
])("%s is address %s in network %s", (text, address, prefix) => {
  const parsed = InterfaceAddress.parse(text);
  expect(String(parsed)).toBe(text);
  expect(String(parsed?.address)).toBe(address);
  expect(String(parsed?.prefix)).toBe(prefix);
  expect(JSON.stringify(parsed)).toBe(`"${text}"`);
});

it.each(["10.0.0.1", "10.0.0.1/33", "10.0.0.1/08", "10.0.0.1/", "/8", "10.0.0/8", "::1/129", "fe80::1%a/64"])(
  "%j is no address with a length",
  (text) => {
    expect(InterfaceAddress.parse(text)).toBeNull();
    expect(() => InterfaceAddress.from(text)).toThrow(RangeError);
  },
);

it("an interface address can be made from a network and a number", () => {
  expect(String(InterfaceAddress.in(Prefix.from("192.168.96.0/24"), 1))).toBe("192.168.96.1/24");
  expect(String(InterfaceAddress.in(Prefix.from("2001:db8::/64"), 1))).toBe("2001:db8::1/64");
  expect(() => InterfaceAddress.in(Prefix.from("192.168.96.0/24"), 256)).toThrow(RangeError);
});

it("a single address has a full-length prefix", () => {
  expect(String(InterfaceAddress.single(Address.from("10.0.0.1")))).toBe("10.0.0.1/32");
  expect(String(InterfaceAddress.single(Address.from("::1")))).toBe("::1/128");
  expect(InterfaceAddress.single(Address.from("::1")).isSingle).toBe(true);
  expect(new InterfaceAddress(Address.from("::1"), 32).isSingle).toBe(false);
});

it("a prefix length beyond the address's bits is an error", () => {
  expect(() => new InterfaceAddress(Address.from("10.0.0.1"), 33)).toThrow(RangeError);
  expect(() => new InterfaceAddress(Address.from("10.0.0.1"), -1)).toThrow(RangeError);
});

it("an interface address equals only one with the same address and length", () => {
  const one = InterfaceAddress.parse("10.0.0.1/24");
  expect(one?.equals(new InterfaceAddress(Address.from("10.0.0.1"), 24))).toBe(true);
  expect(one?.equals(new InterfaceAddress(Address.from("10.0.0.1"), 25))).toBe(false);
  expect(one?.equals(new InterfaceAddress(Address.from("10.0.0.2"), 24))).toBe(false);
});

it("an interface address is in its own network", () => {
  fc.assert(
    fc.property(addresses(6), fc.integer({ min: 0, max: 128 }), (address, length) => {
      expect(new InterfaceAddress(address, length).prefix.contains(address)).toBe(true);
    }),
  );
});
