import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Address } from "../../src/net/address.ts";
import { addresses, FAMILIES } from "./arbitrary.ts";

describe("an IPv4 address", () => {
  it.each([
    ["0.0.0.0", 0n],
    ["192.168.98.1", 3232260609n],
    ["255.255.255.255", 4294967295n],
  ])("%s is parsed to %d and formatted back", (text, bits) => {
    expect(Address.parse(text)).toEqual(new Address(4, bits));
    expect(String(new Address(4, bits))).toBe(text);
  });

  it.each([
    "",
    ".",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.00",
    "1.2.3.-4",
    "1.2.3.4 ",
    " 1.2.3.4",
    "1.2.3.4\n",
    "1.2.3.4/32",
    "1.2.3.4%eth0",
    "a.b.c.d",
    "0x1.2.3.4",
    "1.2.3.1e2",
    "16909060",
    "١.2.3.4",
  ])("is not %j", (text) => {
    expect(Address.parse(text)).toBeNull();
  });
});

describe("an IPv6 address", () => {
  // RFC 5952, sections 4 and 5. Dotted forms are parsed, and formatted with all groups in hexadecimal.
  it.each([
    ["2001:db8::1", "2001:db8::1"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::ABCD", "2001:db8::abcd"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["fe80:0:0:0:0:0:0:0", "fe80::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ])("%s is formatted as %s", (text, written) => {
    expect(String(Address.from(text))).toBe(written);
  });

  it.each([
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "12345::",
    "g::",
    "::1 ",
    " ::1",
    "::1\n",
    "::1/128",
    "fe80::1%eth0",
    "[::1]",
    "::1.2.3",
    "::1.2.3.04",
    "::1.2.3.256",
    "1.2.3.4::",
    "::1.2.3.4:5",
  ])("is not %j", (text) => {
    expect(Address.parse(text)).toBeNull();
  });
});

describe("any text", () => {
  const piece = fc.oneof(
    fc.constantFrom(":", "::", ".", "/", "%", " ", "-", "0x", "00"),
    fc.nat(300).map(String),
    fc.nat(0x1ffff).map((group) => group.toString(16)),
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join("")),
    fc.array(fc.nat(300), { minLength: 3, maxLength: 5 }).map((octets) => octets.join(".")),
    fc
      .array(
        fc.oneof(
          fc.constant(""),
          fc.nat(0xffff).map((group) => group.toString(16)),
        ),
        {
          minLength: 2,
          maxLength: 9,
        },
      )
      .map((groups) => groups.join(":")),
    fc.ipV6(),
    fc.ipV4Extended(),
  );

  it("is parsed as an address if and only if Node.js accepts it", () => {
    fc.assert(
      fc.property(text, (candidate) => {
        const isAddress = (isIPv4(candidate) || isIPv6(candidate)) && !candidate.includes("%");
        expect(Address.parse(candidate) !== null, candidate).toBe(isAddress);
      }),
      { numRuns: 1000 },
    );
  });
});

describe.each(FAMILIES)("every address of IPv%d", (family) => {
  it("is parsed back from its text", () => {
    fc.assert(
      fc.property(addresses(family), (address) => {
        expect(Address.parse(String(address))).toEqual(address);
      }),
    );
  });

  it("is its text in JSON", () => {
    fc.assert(
      fc.property(addresses(family), (address) => {
        expect(JSON.stringify({ address })).toBe(`{"address":"${address}"}`);
      }),
    );
  });

  it("compares like its number, and equals no other address", () => {
    fc.assert(
      fc.property(addresses(family), addresses(family), (a, b) => {
        expect(Math.sign(a.compare(b))).toBe(a.bits < b.bits ? -1 : Number(a.bits > b.bits));
        expect(a.equals(b)).toBe(a.bits === b.bits);
        expect(a.equals(Address.from(String(a)))).toBe(true);
      }),
    );
  });
});

it("an IPv6 address is formatted as in URLs", () => {
  fc.assert(
    fc.property(addresses(6), (address) => {
      expect(`[${address}]`).toBe(new URL(`http://[${address}]/`).hostname);
    }),
  );
});

it("an address equals no address of the other family, and IPv4 sorts first", () => {
  const [four, six] = [new Address(4, 1n), new Address(6, 1n)];
  expect(four.equals(six)).toBe(false);
  expect([six, four].toSorted((a, b) => a.compare(b))).toEqual([four, six]);
});

it.each([
  ["10.0.0.255", 1, "10.0.1.0"],
  ["10.0.1.0", -1, "10.0.0.255"],
  ["2001:db8::ffff", 1, "2001:db8::1:0"],
])("%s plus %d is %s", (address, offset, sum) => {
  expect(String(Address.from(address).plus(offset))).toBe(sum);
});

it("a sum beyond the addresses of a family is an error", () => {
  expect(() => Address.from("255.255.255.255").plus(1)).toThrow(RangeError);
  expect(() => Address.from("::").plus(-1)).toThrow(RangeError);
});

it.each([
  ["127.0.0.1", true, false],
  ["127.255.0.1", true, false],
  ["128.0.0.1", false, false],
  ["224.0.0.5", false, true],
  ["::1", true, false],
  ["ff02::1", false, true],
  ["fe80::1", false, false],
])("%s is a loopback address: %s; multicast: %s", (text, loopback, multicast) => {
  const address = Address.from(text);
  expect(address.isLoopback).toBe(loopback);
  expect(address.isMulticast).toBe(multicast);
});

it("`from` throws for a text that is no address", () => {
  expect(() => Address.from("10.0.0")).toThrow('"10.0.0" is no IP address');
});
