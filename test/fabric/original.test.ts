import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { leaves, linkOf, plan } from "./parts.ts";

/**
 * The unchanged configuration file of the original's Debian package, and what the scripts of OpenStack's cluster
 * installer (oci-poc) expect of the fabric.
 */
const conf = readFileSync(new URL("../fixtures/conf/debian.conf", import.meta.url), "utf8");
const fabric = plan(readConfig(conf, "debian.conf").config);
const leaf2 = leaves(fabric)[1];
const taps = fabric.links.flatMap(({ interfaces }) =>
  interfaces.flatMap(({ name, kind }) => (kind === "tap" ? [name] : [])),
);

describe("the plan of the original's configuration", () => {
  it("has two taps at each of the positions U3 to U23 of three racks", () => {
    const expected = [1, 2, 3].flatMap((rack) =>
      Array.from({ length: 21 }, (_, index) => [`ikvm${rack}-${index + 3}-1`, `ikvm${rack}-${index + 3}-2`]),
    );
    expect(taps.filter((name) => name.startsWith("ikvm")).sort()).toEqual(expected.flat().sort());
  });

  it("has a tap on the BMC network's bridge, to which the PXE server attaches as 192.168.200.2", () => {
    expect(taps).toContain("ikipmi");
    const { bridge, interfaces } = linkOf(fabric, "bripmi");
    expect(interfaces.map(({ name }) => name)).toEqual(["ikipmi"]);
    expect(bridge.addresses).toEqual(["192.168.200.1/24"]);
    const bmcs = fabric.nodes.map(({ bmc }) => bmc.address);
    expect(bmcs).not.toContain("192.168.200.2/24");
  });

  it("keeps VNC displays 1 to 55 for the installer's virtual machines", () => {
    const displays = fabric.nodes.map(({ machine }) => machine.vncDisplay);
    expect(displays).toEqual([80, 81, 82, 83, 84, 85, 86, 87, 88]);
  });

  it("has VLANs 11 to 15 on leaf2, and VLAN 16 with VLAN_SUBNETS_NUM=6", () => {
    const vlansOf = (of: typeof fabric) =>
      leaves(of).map(({ l2Vlans }) => l2Vlans.map(({ id, prefix }) => `${id} ${prefix}`));
    const five = [11, 12, 13, 14, 15].map((id) => `${id} 192.168.${id + 102}.0/24`);
    expect(vlansOf(fabric)).toEqual([[], five, [], [], [], []]);
    const six = plan(readConfig(conf, "debian.conf", { sets: ["VLAN_SUBNETS_NUM=6"] }).config);
    expect(vlansOf(six)[1]).toEqual([...five, "16 192.168.118.0/24"]);
  });

  it("has leaf2 peer with network nodes in VLAN 11, who know its loopback and AS number", () => {
    expect(leaf2).toMatchObject({ asn: 65504, loopback: "192.168.98.5" });
    expect(leaf2?.l2Vlans[0]).toMatchObject({
      id: 11,
      gateway: "192.168.113.1/24",
      bgpServers: ["192.168.113.200", "192.168.113.201"],
    });
  });

  it("has the servers' sessions in VLAN 10, and lets servers announce the installer's networks", () => {
    const { vlan, allowedPrefixes, deniedPrefixes } = fabric.serverAccess;
    expect(vlan).toBe(10);
    expect(allowedPrefixes).toEqual(["192.168.96.0/19"]);
    // Servers' addresses, VIPs and tenants' networks.
    const installers = ["192.168.100", "192.168.101", "192.168.106", "192.168.119"];
    expect(deniedPrefixes.filter((prefix) => installers.some((net) => prefix.startsWith(`${net}.`)))).toEqual(
      [],
    );
  });

  it("has DHCP on the left leaves, with the PXE server as next server", () => {
    expect(leaves(fabric).map(({ dhcp }) => dhcp && `${dhcp.prefix} ${dhcp.nextServer}`)).toEqual(
      ["192.168.110.0/24", null, "192.168.111.0/24", null, "192.168.112.0/24", null].map(
        (prefix) => prefix && `${prefix} 192.168.100.2`,
      ),
    );
  });
});
