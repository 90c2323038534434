import { describe, expect, it } from "vitest";
import { addressBatch, hostAddresses } from "../../src/bmc/addresses.ts";
import { Address } from "../../src/net/address.ts";

describe("the BMCs' addresses", () => {
  it("are changed in one batch, and only if they differ", () => {
    const present = ["192.168.200.9", "192.168.200.10"].map(Address.from);
    const wanted = ["192.168.200.10", "192.168.200.11"].map(Address.from);
    expect(addressBatch("bripmi", present, wanted)).toEqual({
      file: "ip",
      args: ["-batch", "-"],
      input: "address del 192.168.200.9/32 dev bripmi\naddress add 192.168.200.11/32 dev bripmi\n",
    });
    expect(addressBatch("bripmi", wanted, ["192.168.200.10", "192.168.200.11"].map(Address.from))).toBeNull();
  });

  it("are the bridge's /32 addresses, without the bridge's own address", () => {
    const shown = JSON.stringify([
      {
        ifname: "bripmi",
        addr_info: [
          { family: "inet", local: "192.168.200.1", prefixlen: 24 },
          { family: "inet", local: "192.168.200.10", prefixlen: 32 },
          { family: "inet6", local: "fe80::1", prefixlen: 64 },
        ],
      },
    ]);
    expect(hostAddresses(shown).map(String)).toEqual(["192.168.200.10"]);
    expect(hostAddresses("[{},{}]")).toEqual([]);
  });
});
