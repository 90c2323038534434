import { describe, expect, it } from "vitest";
import { untaggedFabric } from "../../src/fabric/untagged.ts";
import { answer, differences, items, replace, tagged } from "./recorded.ts";

describe("a switch's answer", () => {
  describe("of a leaf with layer 2 VLANs", () => {
    const PLANNED = "vlan leaf2 vlan12: up, 192.168.114.1/24, MTU 9000, 2 members";

    it("is as planned", () => {
      const all = items("leaf2", answer("frr10-leaf2"));
      expect(all.filter(({ ok }) => ok !== true)).toEqual([]);
      expect(all.filter(({ kind }) => kind === "vlan").map(({ subject }) => subject)).toEqual([
        "leaf2 VLAN 10",
        "leaf2 vlan11",
        "leaf2 vlan12",
      ]);
    });

    it.each([
      [
        "a port that is not a member of one VLAN",
        replace('"ifname":"ens7","vlans":[{"vlan":11},{"vlan":12}]', '"ifname":"ens7","vlans":[{"vlan":11}]'),
        [`${PLANNED} / up, 192.168.114.1/24, MTU 9000, 1 members (not ens7)`],
      ],
      [
        "a gateway that is not a member of one VLAN",
        replace(/("ifname":"servers0","vlans":\[\{"vlan":11\}),\{"vlan":12\}/, "$1"),
        [`${PLANNED} / up, 192.168.114.1/24, MTU 9000, 2 members (not servers0)`],
      ],
      [
        "a port that is in no bridge",
        replace(/("ifname":"ens6",[^{}]*?)"master":"servers0",/, "$1"),
        [
          expect.stringMatching(/^vlan leaf2 vlan11: .* 1 members \(not ens6\)$/),
          `${PLANNED} / up, 192.168.114.1/24, MTU 9000, 1 members (not ens6)`,
        ],
      ],
      ["a missing VLAN", replace(/"ifname":"vlan12"/, '"ifname":"vlan99"'), [`${PLANNED} / missing`]],
    ])("shows %s", (_what, change, expected) => {
      expect(differences("leaf2", answer("frr10-leaf2", change))).toEqual(expected);
    });

    it("reports VLANs as unanswered if the bridge program fails", () => {
      const broken = replace(/=== section vlans\n[\s\S]*?\n=== exit 0/, "=== section vlans\n\n=== exit 127");
      expect(differences("leaf2", answer("frr10-leaf2", broken))).toEqual([
        expect.stringMatching(/^vlan leaf2 vlan11: .* \/ bridge does not answer \(not installed\)$/),
        `${PLANNED} / bridge does not answer (not installed)`,
      ]);
    });
  });

  describe("of FRR 8, without VLANs,", () => {
    const untagged = untaggedFabric(tagged);

    it("is as planned", () => {
      const all = items("leaf1", answer("frr8-leaf1"), untagged);
      expect(all.filter(({ ok }) => ok !== true)).toEqual([]);
      expect(all.filter(({ kind }) => kind === "bgp")).toHaveLength(6);
      expect(all.filter(({ kind }) => kind === "dhcp")).toEqual([]);
    });

    it("shows a port that is down", () => {
      expect(differences("leaf1", answer("frr8-leaf1-port-down"), untagged)).toEqual([
        "bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 / Idle",
        expect.stringMatching(/^bfd leaf1 ens4: up \/ down/),
        "lldp leaf1 ens4: spine1 ens5 / none",
        "default-route leaf1 default route: 2 next hops: ens4, ens5 / 1 next hop: ens5",
        "ecmp leaf1 → internet 192.168.98.1: 2 next hops: ens4, ens5 / 1 next hop: ens5",
        "ecmp leaf1 → spine1 192.168.98.2: 1 next hop: ens4 / 1 next hop: ens5",
        "ecmp leaf1 → leaf2 192.168.98.5: 2 next hops: ens4, ens5 / 1 next hop: ens5",
        "mtu leaf1 ens4 → spine1 ens5: answer to 9000 bytes / no answer",
      ]);
    });

    it("shows a bgpd that does not run, and has the answers of the other daemons", () => {
      const found = differences("leaf1", answer("frr8-leaf1-without-bgpd"), untagged);
      expect(found.slice(0, 5)).toEqual([
        "node leaf1 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra",
        "bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 / no session",
        "bgp leaf1 ens5: Established with AS 65502, IPv4 and IPv6 / no session",
        "bfd leaf1 ens4: up / no peer",
        "bfd leaf1 ens5: up / no peer",
      ]);
      expect(found).toContain("default-route leaf1 default route: 2 next hops: ens4, ens5 / no route");
    });
  });
});
