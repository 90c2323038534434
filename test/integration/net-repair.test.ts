import { describe, expect, it } from "vitest";
import { patiently } from "../patience.ts";
import { shippedLinkTable } from "./link-table.ts";
import { ikvswitch } from "./namespace.ts";
import { size } from "./size.ts";
import { useTestSite } from "./test-site.ts";

/** Two reports and a start, on a busy host. */
const REPAIR_TIMEOUT_MS = 40_000;

const test = await useTestSite();

describe("a network with foreign changes", () => {
  const damages: readonly (readonly [string, string, string])[] = [
    ["a deleted tap", "ip link del ikvm1-3-1", "device ikvm1-3-1: expected tap, observed missing"],
    ["a deleted link", "ip link del ikeb2-4", "device ikeb2-4: expected bridge, observed missing"],
    [
      "the deleted host bridge",
      "ip link del ikhb",
      "address 192.168.96.1/24 on ikhb: expected present, observed missing",
    ],
    [
      "a tap in no bridge",
      "ip link set ikls1-3 nomaster",
      "device ikls1-3: bridge: expected ikeb1-3, observed none",
    ],
    ["a tap in another bridge", "ip link set ikls1-3 master ikeb1-4", "observed ikeb1-4"],
    ["another MTU", "ip link set ikeb1-3 mtu 1500", "device ikeb1-3: mtu: expected 9000, observed 1500"],
    ["another MAC", "ip link set ikvm1-3-1 address 02:00:00:00:00:07", "device ikvm1-3-1: mac"],
    ["a device that is down", "ip link set ikst12 down", "device ikst12: state: expected up, observed down"],
    [
      "spanning tree",
      "ip link set ikib1 type bridge stp_state 1",
      "device ikib1: stp: expected off, observed on",
    ],
    [
      "IPv6 on a link",
      "echo 0 > /proc/sys/net/ipv6/conf/ikeb1-3/disable_ipv6",
      "net.ipv6.conf.ikeb1-3.disable_ipv6",
    ],
    ["a deleted route", "ip route del 192.168.96.0/19", "route 192.168.96.0/19"],
    ["another address", "ip addr add 192.168.96.77/24 dev ikhb", "address 192.168.96.77/24 on ikhb"],
    ["a deleted rule", "iptables -t nat -F POSTROUTING", "iptables rule in ip nat POSTROUTING"],
    [
      "a doubled rule",
      "iptables -t raw -A PREROUTING -i ikeb+ -m comment --comment ikvswitch -j CT --notrack",
      "iptables rule in ip raw PREROUTING",
    ],
    ["forwarding off", "sysctl -qw net.ipv4.ip_forward=0", "net.ipv4.ip_forward: expected 1, observed 0"],
    [
      "a foreign device in the group",
      "ip link add extra group 26987 type veth peer name extra2",
      "device extra",
    ],
    [
      "a half-made tap",
      "ip link del ikvm1-4-2; ip tuntap add ikvm1-4-2 mode tap user ikvswitch",
      "device ikvm1-4-2: group",
    ],
  ];

  it(
    "is reported item by item and repaired by start, which changes nothing else",
    async () => {
      await ikvswitch(test.host, ["start"]);
      const indexes = new Map((await test.ourDevices()).map(({ ifname, ifindex }) => [ifname, ifindex]));
      for (let round = 0; round < size.repairs; round += 1) {
        const group = damages.filter((_, index) => index % size.repairs === round);
        for (const [, command] of group) {
          await test.host.shell(command);
        }
        const shown = await test.status(4);
        for (const [damage, , drift] of group) {
          expect(shown, damage).toContain(drift);
        }
        await ikvswitch(test.host, ["start"]);
        expect(await test.status(0), group.map(([damage]) => damage).join(", ")).toContain("as planned");
      }
      const after = await test.ourDevices();
      for (const [bridge, ports] of Object.entries(shippedLinkTable())) {
        const members = after.filter(({ master }) => master === bridge).map(({ ifname }) => ifname);
        expect(members.sort(), bridge).toEqual(ports);
      }
      const replaced = after.filter(({ ifname, ifindex }) => indexes.get(ifname) !== ifindex);
      expect(replaced.map(({ ifname }) => ifname).sort()).toEqual([
        "ikeb2-4",
        "ikhb",
        "ikvm1-3-1",
        "ikvm1-4-2",
      ]);
    },
    patiently(size.repairs * REPAIR_TIMEOUT_MS),
  );

  it("gets a new SNAT rule in place of the old one if the host's address changes", async () => {
    await ikvswitch(test.host, ["start"]);
    await test.host.shell(`
      ip address flush dev up0
      ip address add 203.0.113.99/24 dev up0
      ip route add default via 203.0.113.1`);
    expect(await test.status(4)).toContain("--to-source 203.0.113.99: expected present, observed missing");
    await ikvswitch(test.host, ["start"]);
    const rules = (await test.host.run("iptables", ["-t", "nat", "-S", "POSTROUTING"])).stdout;
    expect(rules.match(/--to-source \S+/g)).toEqual(["--to-source 203.0.113.99"]);
    await test.status(0);
  });
});
