import { describe, expect, it } from "vitest";
import { parseResolvers } from "../../src/host/resolvers.ts";
import { listenAddress } from "../../src/nodes/listen.ts";
import { runningConfig } from "../../src/nodes/save.ts";

describe("the address for VNC and IPMI", () => {
  it("is loopback while the root password is the shipped one, and any after that", () => {
    expect(listenAddress({ vncListen: "auto", rootPassword: "changeme" })).toBe("127.0.0.1");
    expect(listenAddress({ vncListen: "auto", rootPassword: "mine" })).toBe("0.0.0.0");
  });

  it("is the configured one if there is one", () => {
    expect(listenAddress({ vncListen: "10.0.0.1", rootPassword: "changeme" })).toBe("10.0.0.1");
  });
});

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

describe("a saved routing configuration", () => {
  it("is FRR's output without its introduction", () => {
    const shown =
      "Building configuration...\n\nCurrent configuration:\n!\nfrr version 10.3\nhostname leaf1\nend\n";
    expect(runningConfig(shown)).toBe("frr version 10.3\nhostname leaf1\nend\n");
  });

  it("is never empty", () => {
    expect(() => runningConfig("vtysh: no daemons\n")).toThrow("no configuration in its output");
    expect(() => runningConfig("Building configuration...\n\nCurrent configuration:\n!\n")).toThrow(
      "no configuration in its output",
    );
  });
});
