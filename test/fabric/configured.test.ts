import { describe, expect, it } from "vitest";
import { configFrom } from "./config.ts";
import { leaves, linkOf, plan, portOf } from "./parts.ts";

describe("effects of the configuration", () => {
  it("memory and processors may differ by switch", () => {
    const { nodes } = plan(configFrom("SWITCH_MEMORY_MIB=256,leaf3=512", "SWITCH_VCPUS=1,spine1=2"));
    expect(nodes.map((node) => node.machine.memoryMiB)).toEqual([
      256, 256, 256, 256, 256, 512, 256, 256, 256,
    ]);
    expect(nodes.map((node) => node.machine.vcpus)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 1]);
  });

  it("the uplinks of a leaf are its first ports, however many spines there are", () => {
    const fabric = plan(configFrom("NUM_SPINES=3"));
    expect(portOf(fabric, "leaf1", "ens6").peer).toEqual({ kind: "node", node: "spine3", port: "ens5" });
    expect(portOf(fabric, "leaf1", "ens7").peer).toEqual({ kind: "server", rack: 1, position: 3, nic: 1 });
    expect(fabric.nodes.map((node) => node.name).slice(0, 5)).toEqual([
      "internet",
      "spine1",
      "spine2",
      "spine3",
      "leaf1",
    ]);
  });

  it("a reservation goes to the rack whose network holds its address", () => {
    const fabric = plan(
      configFrom("DHCP_RESERVATIONS=52:54:00:00:00:01=192.168.112.9=db1,52:54:00:00:00:02=192.168.110.30"),
    );
    expect(leaves(fabric).map((leaf) => leaf.dhcp?.reservations ?? null)).toEqual([
      [{ mac: "52:54:00:00:00:02", address: "192.168.110.30", hostname: null }],
      null,
      [],
      null,
      [{ mac: "52:54:00:00:00:01", address: "192.168.112.9", hostname: "db1" }],
      null,
    ]);
  });

  it("servers announce only the prefixes listed, if any are", () => {
    const fabric = plan(configFrom("SERVER_PREFIXES=192.168.100.0/24,192.168.104.0/22"));
    expect(fabric.serverAccess.allowedPrefixes).toEqual(["192.168.100.0/24", "192.168.104.0/22"]);
  });

  it("an address may be reserved for one server", () => {
    const { serverAccess } = plan(configFrom("SERVER_ADDRESSES=192.168.100.2=1-3"));
    expect(serverAccess.pinned).toEqual([{ prefix: "192.168.100.2/32", rack: 1, position: 3 }]);
    expect(serverAccess.deniedPrefixes).toContain("192.168.100.2/32");
  });

  it("an iPXE script may have another URL", () => {
    const fabric = plan(configFrom("DHCP_IPXE_SCRIPT_URL=http://boot.example/x.ipxe"));
    expect(leaves(fabric)[0]?.dhcp?.ipxeScriptUrl).toBe("http://boot.example/x.ipxe");
  });

  it("names and MAC prefixes are configurable", () => {
    const fabric = plan(
      configFrom(
        "HOST_TAP_NAME_PREFIX=port",
        "MAC_PREFIX=02:00:00:00:04:",
        "GUEST_MAC_ADDRESS_PREFIX=02:00:00:00:02",
      ),
    );
    expect(linkOf(fabric, "ikeb1-3").interfaces[1]?.name).toBe("port1-3-1");
    expect(linkOf(fabric, "ikhb").interfaces[0]?.mac).toBe("02:00:00:00:04:10");
    expect(portOf(fabric, "internet", "ens4").linkLocal).toBe("fe80::ff:fe00:210");
  });
});
