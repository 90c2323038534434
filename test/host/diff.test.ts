import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_MARK } from "../../src/fabric/mark.ts";
import type { Change } from "../../src/host/changes.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { describeDrift } from "../../src/host/drift.ts";
import type { ObservedDevice, ObservedNetwork } from "../../src/host/model/observed.ts";
import { Address } from "../../src/net/address.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { Mac } from "../../src/net/mac.ts";
import { Prefix } from "../../src/net/prefix.ts";
import {
  bareHost,
  builtHost,
  ethernet,
  route,
  SETTINGS,
  smallFabric,
  withDevice,
  withoutDevices,
} from "./network.ts";

const built = builtHost(smallFabric);

function diff(observed: ObservedNetwork): readonly Change[] {
  return diffNetwork(smallFabric, desiredNetwork(smallFabric, observed, SETTINGS), observed);
}

function drift(observed: ObservedNetwork): readonly string[] {
  return diff(observed)
    .flatMap(describeDrift)
    .map(({ item, expected, observed: seen }) => `${item}: ${expected}, not ${seen}`);
}

const foreignTap: ObservedDevice = {
  ...ethernet,
  index: 3,
  name: "vnet0",
  kind: "tap",
  tapOwner: "libvirt-qemu",
};

describe("comparing the host with the plan", () => {
  it("finds nothing on a host that is as planned", () => {
    expect(diff(built)).toEqual([]);
  });

  it("finds everything missing on a bare host, each item once", () => {
    const kinds = diff(bareHost).map(({ kind }) => kind);
    expect(kinds).toEqual([
      ...Array(20).fill("add-device"),
      "add-address",
      "add-address",
      "add-route",
      ...Array(5).fill("add-rule"),
      "enable-forwarding",
    ]);
  });

  it("reports neither a port without carrier nor a qdisc of the kernel's own as a fault", () => {
    expect(diff(withDevice(built, "ikvm1-3-1", { carrier: false }))).toEqual([]);
    expect(diff(withDevice(built, "ikvm1-3-1", { qdisc: "fq_codel" }))).toEqual([]);
  });

  it("ignores foreign devices, routes and addresses", () => {
    const routes = [
      ...built.routes,
      route({ destination: "10.0.0.0/8", gateway: "192.168.96.2", devices: ["ikhb"] }),
    ];
    expect(diff({ ...built, devices: [...built.devices, foreignTap], routes })).toEqual([]);
  });

  it.each([
    ["ikvm1-3-1", { master: null }, "device ikvm1-3-1: bridge: ikeb1-3, not none"],
    ["ikvm1-3-1", { master: "br0" }, "device ikvm1-3-1: bridge: ikeb1-3, not br0"],
    ["ikvm1-3-1", { mtu: 1500 }, "device ikvm1-3-1: mtu: 9000, not 1500"],
    ["ikvm1-3-1", { up: false }, "device ikvm1-3-1: state: up, not down"],
    ["iklt11", { qdisc: "blackhole" }, "device iklt11: qdisc: kernel default, not blackhole"],
    ["iklt11", { qdisc: "netem" }, "device iklt11: qdisc: kernel default, not netem"],
    ["ikvm1-3-1", { tapOwner: null }, "device ikvm1-3-1: owner: ikvswitch, not none"],
    ["ikvm1-3-1", { kind: "tun" }, "device ikvm1-3-1: kind: tap, not tun"],
    ["ikhn", { kind: "veth" }, "device ikhn: kind: dummy or ifb or tap, not veth"],
    [
      "ikhb",
      { mac: Mac.from("02:00:00:00:00:01") },
      "device ikhb: mac: 00:22:22:dd:ee:1d, not 02:00:00:00:00:01",
    ],
    ["ikhb", { arp: false }, "device ikhb: arp: on, not off"],
    ["ikeb1-3", { arp: true }, "device ikeb1-3: arp: off, not on"],
    [
      "ikeb1-3",
      { bridge: { stp: true, forwardDelayCs: 0, multicastSnooping: false, groupForwardMask: 0x4000 } },
      "device ikeb1-3: stp: off, not on",
    ],
    [
      "ikeb1-3",
      { bridge: { stp: false, forwardDelayCs: 0, multicastSnooping: false, groupForwardMask: 0 } },
      "device ikeb1-3: group forward mask: 16384, not 0",
    ],
  ])("names the setting of %s that is wrong with %o", (name, seen, expected) => {
    expect(drift(withDevice(built, name, seen))).toEqual([expected]);
  });

  it("accepts each kind of device that can be the host's own interface", () => {
    for (const kind of ["dummy", "ifb", "tap"]) {
      expect(diff(withDevice(built, "ikhn", { kind }))).toEqual([]);
    }
  });

  it("removes ikvswitch's devices that are no longer in the plan", () => {
    const old = { ...ethernet, index: 900, name: "ikvm1-23-1", kind: "tap", group: DEFAULT_MARK.linkGroup };
    expect(diff({ ...built, devices: [...built.devices, old] })).toEqual([
      { kind: "remove-device", name: "ikvm1-23-1" },
    ]);
  });

  it("removes an incomplete tap of a larger fabric, recognised by its name and owner", () => {
    const half = { ...foreignTap, name: "ikvm1-23-1", tapOwner: "ikvswitch" };
    expect(diff({ ...built, devices: [...built.devices, half] })).toEqual([
      { kind: "remove-device", name: "ikvm1-23-1" },
    ]);
  });

  it("keeps devices that have only a name like ikvswitch's, or only its owner", () => {
    const others = [
      { ...foreignTap, name: "ikvm1-23-1" },
      { ...foreignTap, name: "mytap", tapOwner: "ikvswitch" },
      { ...foreignTap, name: "ikvm1-23-1b", tapOwner: "ikvswitch" },
    ];
    expect(diff({ ...built, devices: [...built.devices, ...others] })).toEqual([]);
  });

  it("moves an address and a route of another configuration", () => {
    const observed = {
      ...withDevice(built, "ikhb", { addresses: [InterfaceAddress.from("10.1.0.1/24")] }),
      routes: built.routes.map((seen) =>
        String(seen.destination) === "192.168.96.0/19"
          ? { ...seen, destination: Prefix.from("10.1.0.0/19"), gateway: Address.from("10.1.0.2") }
          : seen,
      ),
    };
    expect(drift(observed)).toEqual([
      "address 10.1.0.1/24 on ikhb: none (unplanned), not present",
      "address 192.168.96.1/24 on ikhb: present, not missing",
      "route 10.1.0.0/19 via 10.1.0.2 dev ikhb: none (unplanned), not present",
      "route 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1: present, not missing",
    ]);
  });

  it("keeps the BMCs' addresses on their bridge, and no others", () => {
    const { bmcBridge, bmcAddress } = smallFabric.host;
    const bmcs = {
      addresses: [bmcAddress, ...["192.168.200.10/32", "192.168.200.11/32"].map(InterfaceAddress.from)],
    };
    expect(diff(withDevice(built, bmcBridge, bmcs))).toEqual([]);
    const other = { addresses: [bmcAddress, InterfaceAddress.from("192.168.201.1/24")] };
    expect(diff(withDevice(built, bmcBridge, other)).map(({ kind }) => kind)).toEqual(["remove-address"]);
  });

  it("replaces a route that was added by hand in place of ikvswitch's", () => {
    const observed = {
      ...built,
      routes: built.routes.map((seen) =>
        String(seen.destination) === "192.168.96.0/19" ? { ...seen, protocol: 3 } : seen,
      ),
    };
    expect(diff(observed).map(({ kind }) => kind)).toEqual(["remove-route", "add-route"]);
  });

  it("finds IPv6 that was enabled, and forwarding that was disabled", () => {
    expect(drift({ ...built, ipv6Devices: ["ikeb1-3"] })).toEqual([
      "net.ipv6.conf.ikeb1-3.disable_ipv6: 1, not 0",
    ]);
    expect(drift({ ...built, forwarding: { host: false, bridge: true } })).toEqual([
      "net.ipv4.ip_forward: 1, not 0",
    ]);
    expect(drift({ ...built, forwarding: { host: true, bridge: false } })).toEqual([
      "net.ipv4.conf.ikhb.forwarding: 1, not 0",
    ]);
  });

  it("removes duplicates of a rule", () => {
    const [rule, ...others] = built.firewall.iptables?.ip.rules ?? [];
    const iptables = built.firewall.iptables && {
      ...built.firewall.iptables,
      ip: { forwardDrops: false, rules: [rule, rule, rule, ...others].filter((each) => each !== undefined) },
    };
    const changes = diff({ ...built, firewall: { ...built.firewall, iptables } });
    expect(changes).toEqual([
      { kind: "remove-rule", rule },
      { kind: "remove-rule", rule },
    ]);
  });

  it("rewrites a network manager's file that was changed, and removes the file of a manager that is gone", () => {
    const managed = builtHost(smallFabric, { ...bareHost, managers: ["NetworkManager"] });
    const path = "/run/NetworkManager/conf.d/ikvswitch.conf";
    expect(drift({ ...managed, managerFiles: { [path]: "" } })).toEqual([
      `file ${path}: present, not different`,
    ]);
    const file = managed.managerFiles[path] ?? "";
    expect(
      drift({ ...managed, managerFiles: { [path]: file.replace("managed=0", "managed=1") } }),
    ).toHaveLength(1);
    expect(
      drift({ ...managed, managerFiles: { [path]: file.replace(/^#.*/, "; of an older build\n") } }),
    ).toEqual([]);
    expect(drift({ ...managed, managers: [] })).toEqual([`file ${path}: none (unplanned), not present`]);
  });

  it("finds exactly the missing devices", () => {
    const names = built.devices.map(({ name }) => name).filter((name) => name !== ethernet.name);
    fc.assert(
      fc.property(fc.subarray(names), (deleted) => {
        const found = diff(withoutDevices(built, ...deleted)).flatMap((change) =>
          change.kind === "add-device" ? [change.device.name] : [],
        );
        expect(new Set(found)).toEqual(new Set(deleted));
      }),
    );
  });
});

describe("comparing a host whose switches are namespaces with the plan", () => {
  const veths = (...running: readonly string[]) =>
    diffNetwork(
      smallFabric,
      desiredNetwork(smallFabric, built, { ...SETTINGS, switchPorts: { kind: "veth", running } }),
      built,
    );
  const ends = (names: readonly string[]) =>
    smallFabric.links.flatMap(({ interfaces }) =>
      interfaces.flatMap(({ name, end }) => (end.kind === "node" && names.includes(end.node) ? [name] : [])),
    );
  const all = smallFabric.nodes.map(({ name }) => name);

  it("removes the switches' taps, whose names the veths need, and keeps the servers' taps", () => {
    expect(
      veths()
        .map((change) => (change.kind === "remove-device" ? change.name : change.kind))
        .sort(),
    ).toEqual([...ends(all)].sort());
  });

  it("expects veths only for running switches", () => {
    const wrong = veths("spine1").flatMap((change) =>
      change.kind === "replace-device" ? [`${change.device.name} ${change.device.kind}`] : [],
    );
    expect(wrong).toEqual(ends(["spine1"]).map((name) => `${name} veth`));
  });
});
