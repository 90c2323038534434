import { describe, expect, it } from "vitest";
import { parseDevices } from "../../src/host/parse-devices.ts";
import { parseRouteSource, parseRoutes } from "../../src/host/parse-routes.ts";
import { plain } from "../net/plain.ts";

describe("the devices that ip prints", () => {
  it("are parsed with all the fields that ikvswitch needs", () => {
    const json = JSON.stringify([
      {
        ifindex: 2,
        ifname: "t1",
        flags: ["BROADCAST", "MULTICAST"],
        mtu: 1500,
        group: "0",
        link_type: "[1]",
        qdisc: "tbf",
        address: "7e:92:e9:30:48:ab",
        linkinfo: {
          info_kind: "tun",
          info_data: { type: "tap", pi: false, persist: true, user: "ikvswitch" },
        },
        addr_info: [],
      },
      {
        ifindex: 3,
        ifname: "b1",
        ifalias: "ikvswitch:/var/lib/a:/run/a",
        flags: ["BROADCAST", "MULTICAST", "NOARP", "UP"],
        mtu: 9000,
        group: "26987",
        address: "00:22:22:dd:ee:20",
        linkinfo: {
          info_kind: "bridge",
          info_data: { forward_delay: 1500, stp_state: 0, group_fwd_mask: "0x4000", mcast_snooping: 1 },
        },
        addr_info: [
          { family: "inet", local: "192.168.96.1", prefixlen: 24, scope: "0" },
          { family: "inet6", local: "fe80::1", prefixlen: 64 },
        ],
      },
      {
        ifindex: 1,
        ifname: "lo",
        flags: ["LOOPBACK", "UP", "LOWER_UP"],
        mtu: 65536,
        group: "0",
        altnames: ["loopy"],
        address: "00:00:00:00:00:00",
        master: "vrf1",
        addr_info: [],
      },
      {},
    ]);
    const common = {
      alternativeNames: [],
      alias: null,
      carrier: false,
      learning: false,
      master: null,
      peer: null,
      vxlan: null,
      lower: null,
      qdisc: "noqueue",
      tapOwner: null,
      bridge: null,
      addresses: [],
      addresses6: [],
    };
    expect(plain(parseDevices(json))).toEqual([
      {
        ...common,
        index: 2,
        name: "t1",
        kind: "tap",
        mac: "7e:92:e9:30:48:ab",
        mtu: 1500,
        group: 0,
        up: false,
        arp: true,
        qdisc: "tbf",
        tapOwner: "ikvswitch",
      },
      {
        ...common,
        index: 3,
        name: "b1",
        kind: "bridge",
        mac: "00:22:22:dd:ee:20",
        mtu: 9000,
        group: 26987,
        alias: "ikvswitch:/var/lib/a:/run/a",
        up: true,
        arp: false,
        bridge: { stp: false, forwardDelayCs: 1500, multicastSnooping: true, groupForwardMask: 0x4000 },
        addresses: ["192.168.96.1/24"],
      },
      {
        ...common,
        index: 1,
        name: "lo",
        kind: null,
        mac: "00:00:00:00:00:00",
        mtu: 65536,
        group: 0,
        up: true,
        carrier: true,
        arp: true,
        master: "vrf1",
        alternativeNames: ["loopy"],
      },
    ]);
  });
});

describe("the two devices by which a link leads to another host", () => {
  const common = {
    flags: ["BROADCAST", "UP"],
    mtu: 9000,
    group: "26987",
    address: "02:00:00:00:10:05",
    addr_info: [],
  };
  // As iproute2 6.1 prints them.
  const vxlan = (data: object) => ({
    ...{ ...common, ifindex: 7, ifname: "v1" },
    linkinfo: {
      info_kind: "vxlan",
      info_data: { id: 5000, port_range: { low: 0, high: 0 }, port: 14789, learning: false, ttl: 0, ...data },
    },
  });
  const veth = { ...common, ifindex: 6, ifname: "p1", link: "p2", linkinfo: { info_kind: "veth" } };
  const away = { ...veth, ifindex: 8, ifname: "p3", link: undefined, link_index: 5, link_netnsid: 0 };

  it.each([
    [
      vxlan({ remote: "10.0.0.2", local: "10.0.0.1" }),
      { vni: 5000, local: "10.0.0.1", remote: "10.0.0.2", udpPort: 14789 },
    ],
    [
      vxlan({ remote6: "fd00::2", local6: "fd00::1" }),
      { vni: 5000, local: "fd00::1", remote: "fd00::2", udpPort: 14789 },
    ],
    // One that sends to a group.
    [vxlan({ group: "239.1.1.1" }), { vni: 5000, local: null, remote: null, udpPort: 14789 }],
  ])("are parsed: %j", (device, expected) => {
    const [tunnel, port, moved] = parseDevices(JSON.stringify([device, veth, away]));
    expect(plain(tunnel?.vxlan)).toEqual(expected);
    expect([port?.kind, port?.peer, moved?.peer]).toEqual(["veth", "p2", null]);
  });
});

describe("the routes that ip prints", () => {
  it("are parsed, those of IPv6 apart", () => {
    const json = JSON.stringify([
      {
        type: "1",
        dst: "default",
        table: "254",
        protocol: "3",
        flags: [],
        nexthops: [
          { gateway: "203.0.113.1", dev: "eth0" },
          { gateway: "203.0.114.1", dev: "eth1" },
        ],
      },
      { type: "6", dst: "10.0.0.0/8", table: "254", protocol: "3", flags: [] },
      { type: "1", dst: "of a kind of address that is none", table: "254", protocol: "3", flags: [] },
      {
        type: "1",
        dst: "192.168.7.7",
        gateway: "203.0.113.1",
        dev: "eth0",
        protocol: "107",
        prefsrc: "203.0.113.2",
        metric: 50,
        flags: [],
      },
      {
        type: "1",
        dst: "default",
        dev: "eth0",
        table: "254",
        protocol: "3",
        metric: 77,
        flags: [],
        pref: "medium",
      },
    ]);
    const common = { type: 1, table: 254, gateway: null, source: null, protocol: 3, metric: 0 };
    const { routes, routes6 } = parseRoutes(json);
    expect(plain(routes6)).toEqual([{ ...common, destination: "default", devices: ["eth0"], metric: 77 }]);
    expect(plain(routes)).toEqual([
      { ...common, destination: "default", devices: ["eth0", "eth1"] },
      { ...common, destination: "10.0.0.0/8", type: 6, devices: [] },
      {
        ...common,
        destination: "192.168.7.7/32",
        gateway: "203.0.113.1",
        devices: ["eth0"],
        source: "203.0.113.2",
        protocol: 107,
        metric: 50,
      },
    ]);
  });

  it("yield the source address that the kernel would choose", () => {
    const json = '[{"dst":"1.1.1.1","gateway":"203.0.113.1","dev":"eth0","prefsrc":"203.0.113.2"}]';
    expect(String(parseRouteSource(json))).toBe("203.0.113.2");
    expect(parseRouteSource("[]")).toBeNull();
  });
});
