import { describe, expect, it } from "vitest";
import { shippedConfig } from "./config.ts";
import { endOf, leaves, linkOf, nodeOf, plan, portOf } from "./parts.ts";

const shipped = plan(shippedConfig());

describe("the fabric as shipped", () => {
  it("gives the host 187 network interfaces and 94 bridges", () => {
    expect(shipped.links.flatMap((link) => link.interfaces)).toHaveLength(187);
    expect(shipped.links).toHaveLength(94);
  });

  it("has the internet router, two spines and six leaves, numbered in this order", () => {
    expect(
      shipped.nodes.map((node) => [
        node.name,
        node.asn,
        node.loopback,
        node.machine.vncPort,
        node.bmc.address,
      ]),
    ).toEqual([
      ["internet", 65500, "192.168.98.1", 5980, "192.168.200.10/24"],
      ["spine1", 65501, "192.168.98.2", 5981, "192.168.200.11/24"],
      ["spine2", 65502, "192.168.98.3", 5982, "192.168.200.12/24"],
      ["leaf1", 65503, "192.168.98.4", 5983, "192.168.200.13/24"],
      ["leaf2", 65504, "192.168.98.5", 5984, "192.168.200.14/24"],
      ["leaf3", 65505, "192.168.98.6", 5985, "192.168.200.15/24"],
      ["leaf4", 65506, "192.168.98.7", 5986, "192.168.200.16/24"],
      ["leaf5", 65507, "192.168.98.8", 5987, "192.168.200.17/24"],
      ["leaf6", 65508, "192.168.98.9", 5988, "192.168.200.18/24"],
    ]);
  });

  it("has three racks with servers at U3 to U15", () => {
    const positions = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    expect(shipped.racks).toEqual([
      { number: 1, leaves: ["leaf1", "leaf2"], positions },
      { number: 2, leaves: ["leaf3", "leaf4"], positions },
      { number: 3, leaves: ["leaf5", "leaf6"], positions },
    ]);
  });

  it("connects the host by ikhn and ikht on ikhb", () => {
    expect(shipped.prefix).toBe("192.168.96.0/19");
    expect(shipped.host).toEqual({
      snatAddress: "auto",
      address: "192.168.96.1/24",
      gateway: "192.168.96.2",
      bridge: "ikhb",
      bmcBridge: "bripmi",
      bmcAddress: "192.168.200.1/24",
      bmcPrefix: "192.168.200.0/24",
      user: "ikvswitch",
      mark: {
        number: 0,
        linkGroup: 26987,
        bridgeGroup: 26988,
        comment: "ikvswitch",
        alias: "ikvswitch:/var/lib/ikvswitch:/run/ikvswitch",
      },
      reach: { servers: "all", management: false },
    });
    const link = linkOf(shipped, "ikhb");
    expect(link.bridge.addresses).toEqual(["192.168.96.1/24"]);
    expect(link.interfaces.map(({ name, kind, end }) => ({ name, kind, end }))).toEqual([
      { name: "ikhn", kind: "nic", end: { kind: "host" } },
      { name: "ikht", kind: "tap", end: { kind: "node", node: "internet", port: "ens4" } },
    ]);
    expect(portOf(shipped, "internet", "ens4").address).toBe("192.168.96.2/24");
  });

  it("gives an address to no other port, and to no other bridge except the BMC network's", () => {
    expect(shipped.nodes.flatMap((node) => node.ports).filter((port) => port.address !== null)).toHaveLength(
      1,
    );
    expect(
      shipped.links.filter((link) => link.bridge.addresses.length > 0).map((link) => link.bridge.name),
    ).toEqual(["ikhb", "bripmi"]);
  });

  it.each([
    ["ikib1", "ikin1", "internet ens5", "ikit1", "spine1 ens4"],
    ["ikib2", "ikin2", "internet ens6", "ikit2", "spine2 ens4"],
    ["iksb12", "ikst12", "spine1 ens5", "iklt11", "leaf1 ens4"],
    ["iksb17", "ikst17", "spine1 ens10", "iklt61", "leaf6 ens4"],
    ["iksb24", "ikst24", "spine2 ens7", "iklt32", "leaf3 ens5"],
    ["ikeb1-3", "ikls1-3", "leaf1 ens6", "ikvm1-3-1", "server 1-3-1"],
    ["ikeb2-3", "ikls2-3", "leaf2 ens6", "ikvm1-3-2", "server 1-3-2"],
    ["ikeb5-5", "ikls5-5", "leaf5 ens8", "ikvm3-5-1", "server 3-5-1"],
    ["ikeb6-15", "ikls6-15", "leaf6 ens18", "ikvm3-15-2", "server 3-15-2"],
  ])("link %s joins %s of %s and %s of %s", (bridge, first, firstEnd, second, secondEnd) => {
    expect(linkOf(shipped, bridge).interfaces.map((end) => [end.name, endOf(end)])).toEqual([
      [first, firstEnd],
      [second, secondEnd],
    ]);
  });

  it("has only ikipmi on the BMC network's bridge, a tap for a virtual machine of the user's", () => {
    const link = linkOf(shipped, "bripmi");
    expect(link.interfaces.map(({ name, kind }) => [name, kind])).toEqual([["ikipmi", "tap"]]);
    expect(link.bridge.addresses).toEqual(["192.168.200.1/24"]);
    expect(link.bridge.mtu).toBe(1500);
  });

  it("has an MTU of 9000 at every other interface, bridge and port", () => {
    const links = shipped.links.filter((link) => link.kind !== "bmc");
    const mtus = [
      shipped.mtu,
      ...links.flatMap((link) => [link.bridge.mtu, ...link.interfaces.map((item) => item.mtu)]),
      ...shipped.nodes.flatMap((node) => node.ports.map((port) => port.mtu)),
    ];
    expect(new Set(mtus)).toEqual(new Set([9000]));
  });

  it("reaches port 2 of leaf3 at the link-local address of the documentation's example", () => {
    const port = portOf(shipped, "leaf3", "ens5");
    expect(port).toMatchObject({
      number: 2,
      mac: "08:00:27:06:ac:52",
      linkLocal: "fe80::a00:27ff:fe06:ac52",
      peer: { kind: "node", node: "spine2", port: "ens7" },
    });
  });

  it.each([
    ["internet", ["10", "12", "13"]],
    ["spine1", ["21", "22", "23", "24", "25", "26", "27"]],
    ["spine2", ["31", "32", "33", "34", "35", "36", "37"]],
    ["leaf1", ["41", "42", "6b", "6c", "6d", "6e", "6f", "70", "71", "72", "73", "74", "75", "76", "77"]],
    ["leaf2", ["49", "4a", "78"]],
    ["leaf6", ["69", "6a", "ac", "ad"]],
  ])("the MACs of %s end in %s", (name, endings) => {
    const macs = nodeOf(shipped, name).ports.map((port) => port.mac);
    expect(macs.slice(0, endings.length)).toEqual(endings.map((ending) => `08:00:27:06:ac:${ending}`));
  });

  it("counts the host's MACs up from :10, interfaces first, and carries into the next byte", () => {
    const macs = [
      ...shipped.links.flatMap((link) => link.interfaces.map((item) => item.mac)),
      ...shipped.links.map((link) => link.bridge.mac),
    ];
    expect(macs[0]).toBe("00:22:22:dd:ee:10");
    expect(macs[186]).toBe("00:22:22:dd:ee:ca");
    expect(macs[187]).toBe("00:22:22:dd:ee:cb");
    expect(macs[239]).toBe("00:22:22:dd:ee:ff");
    expect(macs[240]).toBe("00:22:22:dd:ef:00");
  });

  it("hands out addresses on the left leaves only", () => {
    expect(leaves(shipped).map((leaf) => [leaf.name, leaf.dhcp?.prefix ?? null])).toEqual([
      ["leaf1", "192.168.110.0/24"],
      ["leaf2", null],
      ["leaf3", "192.168.111.0/24"],
      ["leaf4", null],
      ["leaf5", "192.168.112.0/24"],
      ["leaf6", null],
    ]);
    expect(leaves(shipped)[0]?.dhcp).toEqual({
      prefix: "192.168.110.0/24",
      bridge: "dhcp0",
      router: "192.168.110.1/24",
      poolFirst: "192.168.110.20",
      poolLast: "192.168.110.250",
      nextServer: "192.168.100.2",
      bootFileBios: "undionly.kpxe",
      bootFileUefi: "ipxe.efi",
      bootFileArm64: "ipxe-arm64.efi",
      httpBootUrlUefi: "http://192.168.100.2/ipxe.efi",
      httpBootUrlArm64: "http://192.168.100.2/ipxe-arm64.efi",
      ipxeScriptUrl: "http://192.168.100.2/boot.ipxe",
      reservations: [],
    });
  });

  it("bridges VLANs 11 to 15 on the right leaf of rack 1 only", () => {
    expect(leaves(shipped).map((leaf) => leaf.l2Vlans.length)).toEqual([0, 5, 0, 0, 0, 0]);
    expect(leaves(shipped)[1]?.l2Vlans).toEqual(
      [11, 12, 13, 14, 15].map((id) => ({
        id,
        bridge: "servers0",
        interface: `vlan${id}`,
        prefix: `192.168.${id + 102}.0/24`,
        gateway: `192.168.${id + 102}.1/24`,
        bgpServers: id === 11 ? ["192.168.113.200", "192.168.113.201"] : [],
      })),
    );
  });

  it("has a BGP session over every link between nodes", () => {
    expect(shipped.sessions).toHaveLength(14);
    expect(shipped.sessions[0]).toEqual({
      a: { node: "internet", port: "ens5" },
      b: { node: "spine1", port: "ens4" },
    });
    expect(shipped.sessions[13]).toEqual({
      a: { node: "spine2", port: "ens10" },
      b: { node: "leaf6", port: "ens5" },
    });
  });

  it("lets servers announce the whole network except the fabric's own addresses", () => {
    expect(shipped.serverAccess).toEqual({
      vlan: 10,
      sources: "strict",
      allowedPrefixes: ["192.168.96.0/19"],
      deniedPrefixes: [
        "192.168.96.0/24",
        ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `192.168.98.${n}/32`),
        ...[110, 111, 112, 113, 114, 115, 116, 117].map((n) => `192.168.${n}.0/24`),
        "192.168.200.0/24",
      ],
      addressesOnly: ["192.168.98.0/24"],
      pinned: [],
      maxPrefixes: 100,
      bfd: false,
    });
  });
});
