import { describe, expect, it } from "vitest";
import {
  addressAt,
  containsAddress,
  containsNetwork,
  formatAddress,
  formatPrefix,
  interfaceAddress,
  lastAddress,
  networkAround,
  overlap,
  parseAddress,
  parsePrefix,
} from "../../src/fabric/address.ts";

describe("addresses", () => {
  it.each([
    ["0.0.0.0", 0],
    ["192.168.98.1", 3232260609],
    ["255.255.255.255", 4294967295],
  ])("%s is %d and back", (text, value) => {
    expect(parseAddress(text)).toBe(value);
    expect(formatAddress(value)).toBe(text);
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.-4",
    "1.2.3.4 ",
    "a.b.c.d",
    "1.2.3.1e2",
  ])("%j is no address", (text) => {
    expect(parseAddress(text)).toBeNull();
  });
});

describe("networks", () => {
  it.each(["192.168.96.0/19", "0.0.0.0/0", "10.0.0.1/32", "128.0.0.0/1"])(
    "%s is a prefix and back",
    (text) => {
      const network = parsePrefix(text);
      expect(network && formatPrefix(network)).toBe(text);
    },
  );

  it.each(["192.168.97.0/19", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0", "10.0.0.0/8/8", "10.0.0.0/", "/8"])(
    "%j is no prefix",
    (text) => {
      expect(parsePrefix(text)).toBeNull();
    },
  );

  it("a network knows its addresses", () => {
    const network = networkAround(parseAddress("192.168.127.9") ?? 0, 19);
    expect(formatPrefix(network)).toBe("192.168.96.0/19");
    expect(formatAddress(lastAddress(network))).toBe("192.168.127.255");
    expect(addressAt(network, 257)).toBe("192.168.97.1");
    expect(interfaceAddress(network, 1)).toBe("192.168.96.1/19");
    expect(containsAddress(network, parseAddress("192.168.128.0") ?? 0)).toBe(false);
    expect(containsAddress(network, parseAddress("192.168.127.255") ?? 0)).toBe(true);
  });

  it.each([
    ["192.168.96.0/19", "192.168.127.0/24", true, true],
    ["192.168.127.0/24", "192.168.96.0/19", false, true],
    ["192.168.96.0/24", "192.168.97.0/24", false, false],
    ["0.0.0.0/0", "255.255.255.255/32", true, true],
  ])("%s contains %s: %s; overlaps it: %s", (a, b, contains, overlaps) => {
    const [first, second] = [parsePrefix(a), parsePrefix(b)];
    expect(first && second && containsNetwork(first, second)).toBe(contains);
    expect(first && second && overlap(first, second)).toBe(overlaps);
  });
});
