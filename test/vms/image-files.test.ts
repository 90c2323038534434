import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { positionNics } from "../../src/fabric/positions.ts";
import { Address } from "../../src/net/address.ts";
import { type ImageGuest, imageFiles } from "../../src/vms/image-files.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());

function filesOf(changes: Partial<ImageGuest> = {}): Readonly<Record<string, string>> {
  const files = imageFiles({
    name: "server1",
    nics: positionNics(fabric, 1, 3),
    announced: {
      address: Address.from("192.168.98.254"),
      address6: Address.from("fd69:6b76::1:3"),
      asn: 4_210_001_003,
    },
    bfdIntervalMs: null,
    vlan: 10,
    domain: "lab.internal",
    bootServer: false,
    dnsServers: [Address.from("192.0.2.53")],
    machineId: "0".repeat(32),
    sshHostKey: { privateKey: "(private)\n", publicKey: "ssh-ed25519 AAAA root@server1\n" },
    authorizedKeys: ["ssh-ed25519 AAAAtool ikvswitch"],
    rootPasswordHash: "$6$x",
    ...changes,
  });
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}

describe("the switches' image as a server", () => {
  it("has BGP in the VLAN on both NICs, its address on the loopback, and DHCP on the first NIC", () => {
    const files = filesOf();
    expect(files["/etc/ikvswitch/nics"]).toBe("02:69:01:00:03:01 eth0\n02:69:01:00:03:02 eth1\n");
    expect(files["/etc/ikvswitch/modules"]).toBe("8021q\n");
    expect(files["/etc/ikvswitch/dhcp"]).toBe("eth0\n");
    expect(files["/etc/ikvswitch/network.batch"]).toBe(
      [
        "link set lo up",
        "address add 192.168.98.254/32 dev lo",
        "address add fd69:6b76::1:3/128 dev lo",
        "link set eth0 mtu 9000 up",
        "link add link eth0 name eth0.10 type vlan id 10",
        "link set eth0.10 up",
        "link set eth1 mtu 9000 up",
        "link add link eth1 name eth1.10 type vlan id 10",
        "link set eth1.10 up",
        "",
      ].join("\n"),
    );
    expect(files["/etc/frr/frr.conf"]).toMatch(/^router bgp 4210001003\n bgp router-id 192\.168\.98\.254$/m);
    expect(files["/etc/frr/frr.conf"]).toContain("neighbor eth1.10 interface peer-group LEAVES");
    expect(files["/etc/frr/frr.conf"]).toContain("network 192.168.98.254/32");
    expect(files["/etc/frr/frr.conf"]).toContain("network fd69:6b76::1:3/128");
    expect(files["/etc/frr/frr.conf"]).not.toContain("bfd");
  });

  it("runs BFD with the leaves if they do with servers", () => {
    const conf = filesOf({ bfdIntervalMs: 280 })["/etc/frr/frr.conf"];
    expect(conf).toContain(" neighbor LEAVES bfd\n neighbor LEAVES bfd profile LEAVES\n");
    expect(conf).toContain("  transmit-interval 280\n");
  });

  it("speaks BGP on the NICs themselves where the leaves have no VLANs, and no leaf serves DHCP", () => {
    const files = filesOf({ vlan: null });
    expect(files["/etc/ikvswitch/network.batch"]).not.toContain("vlan");
    expect(files["/etc/ikvswitch/dhcp"]).toBeUndefined();
    expect(files["/etc/frr/frr.conf"]).toContain("neighbor eth0 interface peer-group LEAVES");
  });

  it("without BGP has an address from DHCP only", () => {
    const files = filesOf({ announced: null });
    expect(files["/etc/ikvswitch/network.batch"]).toBe(
      "link set lo up\nlink set eth0 mtu 9000 up\nlink set eth1 mtu 9000 up\n",
    );
    expect(files["/etc/frr/frr.conf"]).not.toContain("router bgp");
  });

  it("accepts the given keys and no password over SSH", () => {
    const files = filesOf();
    expect(files["/root/.ssh/authorized_keys"]).toBe("ssh-ed25519 AAAAtool ikvswitch\n");
    expect(files["/etc/ssh/sshd_config.d/00-ikvswitch.conf"]).toContain("PasswordAuthentication no");
    expect(files["/etc/resolv.conf"]).toBe("search lab.internal\nnameserver 192.0.2.53\n");
    expect(files["/etc/hosts"]).toContain("127.0.1.1 server1.lab.internal server1\n");
  });
});
