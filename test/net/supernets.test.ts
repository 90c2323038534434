import fc from "fast-check";
import { expect, it } from "vitest";
import { Prefix } from "../../src/net/prefix.ts";
import { supernets } from "../../src/net/supernets.ts";
import { prefixes } from "./arbitrary.ts";

it.each([
  [["10.0.0.0/10"], ["10.0.0.0/8"], ["10.0.0.0/8", "10.0.0.0/9"]],
  [["10.0.0.0/10", "10.64.0.0/10"], ["10.0.0.0/8"], ["10.0.0.0/8", "10.0.0.0/9"]],
  [["10.0.0.0/10", "10.0.0.0/9"], ["10.0.0.0/8"], ["10.0.0.0/8", "10.0.0.0/9"]],
  [["10.0.0.0/10"], ["10.0.0.0/9", "10.0.0.0/8"], ["10.0.0.0/8", "10.0.0.0/9"]],
  [["10.0.0.0/8"], ["10.0.0.0/8"], []],
  [["10.0.0.0/8"], ["192.168.0.0/16"], []],
  [["2001:db8:8000::/34"], ["2001:db8::/32", "0.0.0.0/0"], ["2001:db8::/32", "2001:db8:8000::/33"]],
])("the supernets of %j within %j are %j", (inner, outer, expected) => {
  expect(supernets(inner.map(Prefix.from), outer.map(Prefix.from)).map(String)).toEqual(expected);
});

it("each supernet is one bit longer than the one that contains it", () => {
  fc.assert(
    fc.property(prefixes(6), (prefix) => {
      const all = supernets([prefix], [Prefix.from("::/0")]);
      expect(all.map(({ length }) => length)).toEqual(Array.from({ length: prefix.length }, (_, i) => i));
      expect(all.every((each) => each.contains(prefix))).toBe(true);
    }),
  );
});
