import { describe, expect, it } from "vitest";
import { parseResolvers } from "../../src/host/resolvers.ts";

describe("the host's resolvers", () => {
  it("are the IPv4 ones that switches can reach", () => {
    const text =
      "# nameserver 9.9.9.9\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver\t192.0.2.2 \n";
    expect(parseResolvers(text).map(String)).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(parseResolvers("")).toEqual([]);
  });

  it("are parsed with a comment after the address, as in the C library", () => {
    const text =
      "nameserver 192.0.2.1 # the router\nnameserver\t192.0.2.2;old\nnameserver 192.0.2.3\r\nnameserver 192.0.2\n";
    expect(parseResolvers(text).map(String)).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
  });
});
