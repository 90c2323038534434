import { describe, expect, it } from "vitest";
import type { NetnsSite } from "../../netns-site.ts";
import { checksOf, differences } from "../checks.ts";

/** Tests that `check` reports each fault. Each repairs what it breaks. */
export function checkFaultTests(site: () => NetnsSite): void {
  const { check, differsIn, explainedBy, whileBroken, without, setLink, kill } = checksOf(site);

  describe("the check reports", () => {
    it("a port that is down, at both ends of its link", () =>
      whileBroken(
        { breakIt: setLink("leaf1", "ens4", "down"), repair: setLink("leaf1", "ens4", "up") },
        async () => {
          await differsIn([
            "link link iksb12: up, MTU 9000: ikst12, iklt11, spine1 ens5, leaf1 ens4 / iklt11: no carrier; leaf1 ens4: down",
            /^bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 \/ (Idle|Connect|Active)$/,
            /^bfd spine1 ens5: up \/ down \(.*\)$/,
            "default-route leaf1 default route: 2 next hops: ens4, ens5 / 1 next hop: ens5",
            "ecmp leaf3 → leaf1 192.168.98.4: 2 next hops: ens4, ens5 / 1 next hop: ens5",
            "mtu leaf1 ens4 → spine1 ens5: answer to 9000 bytes / no answer",
          ]);
          const { items } = await check("leaf1", "--only", "bgp");
          expect(items.find(({ subject }) => subject === "leaf1 ens4 received")).toMatchObject({
            ok: null,
            observed: "unknown: the session is not established",
          });
          await explainedBy("link link iksb12");
          const { stdout } = await site().ikvswitch(["check"], [4]);
          expect(stdout).toMatch(/^\d\d further differences follow from what is broken above\./m);
        },
      ));

    it("a wrong MTU inside a switch, which large packets show, too", () =>
      whileBroken(
        {
          breakIt: setLink("leaf2", "ens5", "mtu", "1500"),
          repair: setLink("leaf2", "ens5", "mtu", "9000"),
        },
        async () => {
          const report = await differsIn([
            "link link iksb23: up, MTU 9000: ikst23, iklt22, spine2 ens6, leaf2 ens5 / leaf2 ens5: MTU 1500",
            "mtu leaf2 ens5 → spine2 ens6: answer to 9000 bytes / no answer",
          ]);
          expect(differences(report)).toHaveLength(2);
        },
      ));

    it("a wrong MTU on the host", () =>
      whileBroken(
        {
          breakIt: setLink(null, "ikst24", "mtu", "1400"),
          repair: setLink(null, "ikst24", "mtu", "9000"),
        },
        () =>
          differsIn([
            "link link iksb24: up, MTU 9000: ikst24, iklt32, spine2 ens7, leaf3 ens5 / iksb24: MTU 1400; ikst24: MTU 1400",
            "mtu leaf3 ens5 → spine2 ens7: answer to 9000 bytes / no answer",
          ]),
      ));

    it("a port that is not in its bridge", () =>
      whileBroken(
        {
          breakIt: setLink(null, "iklt42", "nomaster"),
          repair: async () => {
            await setLink(null, "iklt42", "master", "iksb25")();
            await setLink(null, "iklt42", "type", "bridge_slave", "learning", "off")();
          },
        },
        () =>
          differsIn([
            "link link iksb25: up, MTU 9000: ikst25, iklt42, spine2 ens8, leaf4 ens5 / iklt42: not in iksb25",
            /^bfd leaf4 ens5: up \/ down \(.*\)$/,
          ]),
      ));

    it("a BGP daemon that was killed, by name, and its neighbors' missing sessions", () =>
      whileBroken(without("leaf3", "/usr/lib/frr/bgpd"), async () => {
        await differsIn([
          "node leaf3 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra",
          "bgp leaf3 ens4: Established with AS 65501, IPv4 and IPv6 / no session",
          "bgp leaf1 ens4 received: 9 planned prefixes from spine1 / 8 planned prefixes, without 192.168.98.6/32",
          "ecmp leaf1 → leaf3 192.168.98.6: 2 next hops: ens4, ens5 / no route",
          "loopback leaf3 → leaf1 192.168.98.4: answer / no answer",
          "loopback host → leaf3 192.168.98.6: answer / no answer",
        ]);
        await explainedBy("node leaf3 FRR");
      }));

    it("a BGP daemon that hangs, without hanging itself", () =>
      whileBroken(
        { breakIt: () => kill("leaf3", "STOP", "bgpd"), repair: () => kill("leaf3", "CONT", "bgpd") },
        () =>
          differsIn(
            [
              "node leaf3 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra",
              "bgp leaf3 ens4: Established with AS 65501, IPv4 and IPv6 / no session",
            ],
            ...["leaf3", "--only", "node,bgp"],
          ),
      ));

    it("a missing SNAT rule, and nothing else", () =>
      whileBroken(
        {
          breakIt: () => site().host.run("iptables", ["-t", "nat", "-F", "POSTROUTING"]),
          repair: () => site().ikvswitch(["up"]),
        },
        async () => {
          const { items } = await check();
          expect(items.filter(({ ok }) => ok !== true)).toMatchObject([
            {
              kind: "snat",
              subject: "SNAT of 192.168.96.0/19",
              expected: "present",
              observed: expect.stringMatching(/SNAT --to-source .*: missing$/),
            },
            {
              kind: "snat",
              node: "internet",
              subject: "internet → 203.0.113.1, the host's way out",
              observed: "no answer",
            },
          ]);
        },
      ));

    it("a missing route of the host, without which no loopback answers", () =>
      whileBroken(
        {
          breakIt: () => site().host.run("ip", ["route", "del", "192.168.96.0/19"]),
          repair: () => site().ikvswitch(["up"]),
        },
        () =>
          differsIn([
            "host route 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1: present / missing",
            "loopback host → spine2 192.168.98.3: answer / no answer",
          ]),
      ));

    it("a foreign route that takes precedence over BGP's", () =>
      whileBroken(
        {
          breakIt: () =>
            site().inside(
              "leaf5",
              "ip",
              "route",
              "add",
              "192.168.98.9",
              "dev",
              "ens4",
              "metric",
              "5",
              "proto",
              "boot",
            ),
          repair: () => site().inside("leaf5", "ip", "route", "del", "192.168.98.9", "metric", "5"),
        },
        async () => {
          await differsIn([
            "ecmp leaf5 → leaf6 192.168.98.9: 2 next hops: ens4, ens5 / 1 next hop: ens4",
            "loopback leaf5 → leaf6 192.168.98.9: answer / no answer",
          ]);
        },
      ));

    it("an IPv6 address of a switch that is missing", () => {
      const address = (word: string) => () =>
        site().inside("leaf3", "ip", "address", word, "fd69:6b76:7377:f::6/128", "dev", "lo");
      return whileBroken({ breakIt: address("del"), repair: address("add") }, async () => {
        await differsIn([
          "bgp leaf1 ens4 IPv6 received: 9 planned IPv6 prefixes from spine1 / 8 planned prefixes, without fd69:6b76:7377:f::6/128",
          "ecmp leaf1 → leaf3 fd69:6b76:7377:f::6: 2 next hops: ens4, ens5 / no route",
          "loopback host → leaf3 fd69:6b76:7377:f::6: answer / no answer",
        ]);
      });
    });

    it("an LLDP daemon that does not run", () =>
      whileBroken(without("leaf6", "/usr/sbin/lldpd"), () =>
        differsIn(
          [
            /^lldp leaf6 ens4: spine1 ens10 \/ lldpd does not answer/,
            /^lldp leaf6 ens5: spine2 ens10 \/ lldpd does not answer/,
          ],
          ...["leaf6", "--only", "lldp"],
        ),
      ));

    it("a switch that is off with one item, and the others' missing sessions and routes with theirs", () =>
      whileBroken(
        {
          breakIt: () => site().ikvswitch(["node", "stop", "leaf6"]),
          repair: () => site().ikvswitch(["node", "start", "leaf6"]),
        },
        async () => {
          const { items } = await differsIn([
            "node leaf6: runs and answers / off",
            /^bgp spine1 ens10: Established with AS 65508, IPv4 and IPv6 \/ \w+$/,
            "loopback leaf1 → leaf6 192.168.98.9: answer / no answer",
          ]);
          const own = items.filter(({ node }) => node === "leaf6");
          expect(own.filter(({ ok }) => ok === false)).toHaveLength(1);
          expect(own.filter(({ ok }) => ok === null)).toHaveLength(own.length - 1);
          // The switch's veths are gone with it, which is no difference.
          expect(items.filter(({ kind, ok }) => kind === "link" && ok !== true)).toEqual([]);
          await explainedBy("node leaf6");
        },
      ));

    it("a frozen switch, at once", () =>
      whileBroken(
        {
          breakIt: () => site().ikvswitch(["node", "freeze", "leaf6"]),
          repair: () => site().ikvswitch(["node", "thaw", "leaf6"]),
        },
        async () => {
          await differsIn(["node leaf6: runs and answers / frozen"]);
          await explainedBy("node leaf6");
        },
      ));

    it("injected faults, with the command that ends them, and no difference but what follows", () =>
      whileBroken(
        {
          breakIt: async () => {
            await site().ikvswitch(["link", "blackhole", "leaf1:ens4"]);
            await site().ikvswitch(["link", "down", "spine2:ens4"]);
          },
          repair: () => site().ikvswitch(["link", "up", "--all"]),
        },
        async () => {
          await differsIn([/^bfd leaf1 ens4: up \/ down/, /^bfd spine2 ens4: up \/ down/]);
          await explainedBy("link link ikib2");
          const { faults } = await check();
          expect(faults).toEqual([
            "fault: internet ens6 – spine2 ens4 is down (injected) (ikvswitch link up ikib2)",
            "fault: spine1 ens5 – leaf1 ens4 is blackholed (ikvswitch link up iksb12)",
          ]);
        },
      ));
  });
}
