import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Address } from "../../src/net/address.ts";
import { type Family, WIDTH } from "../../src/net/library.ts";
import { Prefix } from "../../src/net/prefix.ts";
import { addresses, FAMILIES, prefixes } from "./arbitrary.ts";

it.each([
  "192.168.96.0/19",
  "0.0.0.0/0",
  "10.0.0.1/32",
  "128.0.0.0/1",
  "::/0",
  "2001:db8::/32",
  "::1/128",
  "fe80::/10",
])("%s is parsed as a prefix and formatted back", (text) => {
  expect(String(Prefix.parse(text))).toBe(text);
});

it.each([
  "192.168.97.0/19",
  "10.0.0.0/33",
  "10.0.0.0/08",
  "10.0.0.0/+8",
  "10.0.0.0/ 8",
  "10.0.0.0/8 ",
  "10.0.0.0/8\n",
  "10.0.0.0",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "10.0.0.0/255.0.0.0",
  "/8",
  "2001:db8::1/32",
  "2001:db8::/129",
  "2001:db8::/032",
  "fe80::%eth0/64",
])("%j is no prefix", (text) => {
  expect(Prefix.parse(text)).toBeNull();
  expect(() => Prefix.from(text)).toThrow(RangeError);
});

describe("the addresses of a prefix", () => {
  it.each([
    ["192.168.127.9", 19, "192.168.96.0/19", "192.168.127.255"],
    ["10.1.2.3", 32, "10.1.2.3/32", "10.1.2.3"],
    ["255.1.2.3", 0, "0.0.0.0/0", "255.255.255.255"],
    ["2001:db8:1:2:3::4", 48, "2001:db8:1::/48", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"],
  ])("%s with length %d is in %s, which ends at %s", (address, length, prefix, last) => {
    const around = Prefix.around(Address.from(address), length);
    expect(String(around)).toBe(prefix);
    expect(String(around.last)).toBe(last);
  });

  it("are found by number", () => {
    expect(String(Prefix.from("192.168.96.0/19").at(257))).toBe("192.168.97.1");
    expect(String(Prefix.from("2001:db8::/64").at(257))).toBe("2001:db8::101");
    expect(() => Prefix.from("192.168.96.0/24").at(256)).toThrow("192.168.96.0/24 has no address number 256");
    expect(() => Prefix.from("192.168.96.0/24").at(-1)).toThrow(RangeError);
  });

  it("limit the prefix length to the address's bits", () => {
    expect(() => Prefix.around(Address.from("10.0.0.0"), 33)).toThrow(RangeError);
    expect(() => Prefix.around(Address.from("::"), 129)).toThrow(RangeError);
    expect(() => Prefix.around(Address.from("::"), -1)).toThrow(RangeError);
    expect(() => Prefix.around(Address.from("10.0.0.0"), 1.5)).toThrow(RangeError);
  });
});

describe("the subnets of a prefix", () => {
  it.each([
    ["192.168.96.0/19", 24, 3, "192.168.99.0/24"],
    ["192.168.96.0/24", 24, 0, "192.168.96.0/24"],
    ["192.168.96.0/31", 32, 1, "192.168.96.1/32"],
    ["2001:db8::/48", 64, 0xffff, "2001:db8:0:ffff::/64"],
    ["::/0", 128, 5, "::5/128"],
  ])("of %s with length %d, number %d, are %s", (prefix, length, index, subnet) => {
    expect(String(Prefix.from(prefix).subnet(length, index))).toBe(subnet);
  });

  it("are limited in number and length", () => {
    const prefix = Prefix.from("192.168.96.0/19");
    expect(prefix.subnetCount(24)).toBe(32);
    expect(() => prefix.subnet(24, 32)).toThrow("192.168.96.0/19 has no /24 number 32");
    expect(() => prefix.subnet(24, -1)).toThrow(RangeError);
    expect(() => prefix.subnet(18, 0)).toThrow(RangeError);
    expect(() => prefix.subnet(33, 0)).toThrow(RangeError);
  });
});

it.each([
  ["192.168.96.0/19", "192.168.127.0/24", true, true],
  ["192.168.127.0/24", "192.168.96.0/19", false, true],
  ["192.168.96.0/24", "192.168.97.0/24", false, false],
  ["0.0.0.0/0", "255.255.255.255/32", true, true],
  ["0.0.0.0/0", "::/0", false, false],
  ["::/0", "10.0.0.0/8", false, false],
  ["10.0.0.0/8", "a00::/16", false, false],
  ["2001:db8::/32", "2001:db8:ffff::/48", true, true],
  ["2001:db8::/32", "2001:db9::/48", false, false],
])("%s contains %s: %s; overlaps it: %s", (a, b, contains, overlaps) => {
  const [first, second] = [Prefix.from(a), Prefix.from(b)];
  expect(first.contains(second)).toBe(contains);
  expect(first.overlaps(second)).toBe(overlaps);
  expect(second.overlaps(first)).toBe(overlaps);
});

it("shorter prefixes sort first, and prefixes of different length are not equal", () => {
  const sorted = ["0.0.0.0/8", "10.0.0.0/8", "9.0.0.0/24"].map(Prefix.from);
  expect(sorted.toReversed().toSorted((a, b) => a.compare(b))).toEqual(sorted);
  expect(Prefix.from("10.0.0.0/8").equals(Prefix.from("10.0.0.0/9"))).toBe(false);
  expect(Prefix.from("10.0.0.0/8").equals(Prefix.from("10.0.0.0/8"))).toBe(true);
});

describe.each(FAMILIES)("every prefix of IPv%d", (family) => {
  it("is parsed back from its text, and is its text in JSON", () => {
    fc.assert(
      fc.property(prefixes(family), (prefix) => {
        expect(Prefix.parse(String(prefix))).toEqual(prefix);
        expect(JSON.stringify([prefix])).toBe(`["${prefix}"]`);
      }),
    );
  });

  it("contains the same addresses as in Node.js", () => {
    fc.assert(
      fc.property(prefixes(family), addresses(family), (prefix, address) => {
        const list = new BlockList();
        list.addSubnet(String(prefix.first), prefix.length, `ipv${family}`);
        for (const each of [address, prefix.first, prefix.last]) {
          expect(prefix.contains(each)).toBe(list.check(String(each), `ipv${family}`));
        }
      }),
    );
  });

  it("ends just before the next prefix", () => {
    fc.assert(
      fc.property(prefixes(family), (prefix) => {
        expect(prefix.contains(prefix.last)).toBe(true);
        const end = prefix.last.bits + 1n;
        expect(end - prefix.first.bits).toBe(1n << BigInt(WIDTH[family] - prefix.length));
      }),
    );
  });

  it("has two halves that do not overlap and fill it", () => {
    fc.assert(
      fc.property(halvable(family), (prefix) => {
        const [low, high] = [0, 1].map((index) => prefix.subnet(prefix.length + 1, index));
        expect(low?.first).toEqual(prefix.first);
        expect(high?.last).toEqual(prefix.last);
        expect(low?.last.plus(1)).toEqual(high?.first);
        expect(low && high && low.overlaps(high)).toBe(false);
      }),
    );
  });

  it("overlaps another one if either contains the other", () => {
    fc.assert(
      fc.property(prefixes(family), prefixes(family), (a, b) => {
        const apart = a.last.compare(b.first) < 0 || b.last.compare(a.first) < 0;
        expect(a.overlaps(b)).toBe(!apart);
      }),
    );
  });
});

function halvable(family: Family): fc.Arbitrary<Prefix> {
  return prefixes(family).filter(({ length }) => length < WIDTH[family]);
}
