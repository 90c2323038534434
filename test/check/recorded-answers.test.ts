import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answer, differences, items, replace, tagged } from "./recorded.ts";

describe("a switch's answer", () => {
  it("is as planned in all kinds for a left leaf", () => {
    const all = items("leaf1", answer("frr10-leaf1"));
    expect(all.filter(({ ok }) => ok !== true)).toEqual([]);
    const kinds = new Set(all.map(({ kind }) => kind));
    expect([...kinds]).toEqual([
      "node",
      "bgp",
      "bfd",
      "lldp",
      "default-route",
      "ecmp",
      "loopback",
      "mtu",
      "dhcp",
      "vlan",
    ]);
  });

  it("shows a server whose session was ended because it announced too many prefixes", () => {
    const peers = { ens6: { state: "Idle (PfxCt)" }, ens7: { state: "Established" } };
    const summary = JSON.stringify({ ipv4Unicast: { peers }, ipv6Unicast: { peers } });
    const change = replace(/\nbgpd\n/, `\nbgpd\n${summary}\n`);
    expect(differences("leaf1", answer("frr10-leaf1", change))).toEqual([
      "bgp leaf1 ens6: at most 100 prefixes from the server / more; session torn down",
    ]);
  });

  it("does not accept a ping's answer from the address of a switch that is off", () => {
    const loopbacks = (text: string, off: readonly string[] = []) =>
      items("leaf1", text, tagged, new Set(off))
        .filter(({ kind, ok }) => kind === "loopback" && ok !== true)
        .map(({ subject, observed }) => `${subject}: ${observed}`);
    expect(loopbacks(answer("frr10-leaf1"), ["leaf2"])).toEqual([
      "leaf1 → leaf2 192.168.98.5: an answer, but leaf2 is off: another host has its address",
    ]);
  });

  it("is as planned for a spine", () => {
    const all = items("spine1", answer("frr10-spine1"));
    expect(all.filter(({ ok }) => ok !== true)).toEqual([]);
    expect(all.filter(({ kind }) => kind === "bgp")).toHaveLength(9);
  });

  it.each([
    [
      "a session that is down, and what it carries is unknown",
      replace('"bgpState":"Established"', '"bgpState":"Active"'),
      ["bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 / Active"],
    ],
    [
      "a session with somebody else",
      replace('"remoteAs":65501', '"remoteAs":65599'),
      ["bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 / Established with AS 65599, IPv4 and IPv6"],
    ],
    [
      "a family that was not agreed on",
      replace(/("multiprotocolExtensions":[\s\S]*?"ipv6Unicast":\{\s*"advertised)AndReceived"/, '$1"'),
      ["bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 / Established with AS 65501, IPv4"],
    ],
    [
      "a BFD peer that is down, and why",
      replace(
        /"status":"up",(\s*"uptime":\d+,)\s*"diagnostic":"ok"/,
        '"status":"down","diagnostic":"path down"',
      ),
      [expect.stringMatching(/^bfd leaf1 ens[45]: up \/ down \(path down\)$/)],
    ],
    [
      "another neighbor than planned",
      replace('"value": "spine1"', '"value": "spine7"'),
      ["lldp leaf1 ens4: spine1 ens5 / spine7 ens5"],
    ],
    [
      "a wrong MTU of a bridge under DHCP",
      replace(/("ifname":"dhcp0",.*?"mtu":)9000/, "$11500"),
      [
        "dhcp leaf1 dhcp0: up, 192.168.110.1/24, MTU 9000, 2 members / up, 192.168.110.1/24, MTU 1500, 2 members",
      ],
    ],
    [
      "a server port that is not in the DHCP bridge",
      replace(/("ifname":"ens7",[^{}]*?)"master":"dhcp0",/, "$1"),
      [
        "dhcp leaf1 dhcp0: up, 192.168.110.1/24, MTU 9000, 2 members / up, 192.168.110.1/24, MTU 9000, 1 members (not ens7)",
      ],
    ],
    [
      "Kea that listens nowhere",
      replace(/UNCONN.*:67 .*/, ""),
      [
        "dhcp leaf1 Kea: 192.168.110.0/24 on dhcp0, listens on 192.168.110.1 / 192.168.110.0/24 on dhcp0, listens on none",
      ],
    ],
    [
      "a loopback and a full-size packet without an answer",
      (text: string) =>
        replace("192.168.98.5 84\n", "")(replace("fe80::a00:27ff:fe06:ac32%ens5 9000\n", "")(text)),
      [
        "loopback leaf1 → leaf2 192.168.98.5: answer / no answer",
        "mtu leaf1 ens5 → spine2 ens5: answer to 9000 bytes / no answer",
      ],
    ],
    [
      "a next hop without carrier, which the kernel does not use",
      replace(/("dst":"default",.*?"dev":"ens5","weight":1,"flags":\[)/, '$1"linkdown"'),
      ["default-route leaf1 default route: 2 next hops: ens4, ens5 / 1 next hop: ens4"],
    ],
    [
      "a prefix that one neighbor did not tell of",
      replace(/"peerId":"fe80::a00:27ff:fe06:ac22",("path":"65501 65504")/, '"peerId":"fe80::1",$1'),
      [
        expect.stringMatching(
          /^bgp leaf1 ens4 received: \d+ planned prefixes from spine1 \/ \d+ planned prefixes, without 192\.168\.\d+\.\d+\/\d+$/,
        ),
      ],
    ],
    [
      "a prefix of the fabric that comes from somebody else",
      replace(/("peerId":"fe80::a00:27ff:fe06:ac22","path":"65501 )65504"/, '$165600"'),
      [expect.stringMatching(/^bgp leaf1 ens4 received: .* without 192\.168\./)],
    ],
    [
      "a daemon that does not run",
      replace("\nbgpd\n", "\n"),
      ["node leaf1 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra"],
    ],
  ])("shows %s", (_what, change, expected) => {
    expect(differences("leaf1", answer("frr10-leaf1", change))).toEqual(expected);
  });

  it("that breaks off is used as far as it goes; the rest counts as a timeout", () => {
    const text = answer("frr10-leaf1");
    const all = items("leaf1", text.slice(0, text.indexOf("=== section lldp")));
    const of = (kind: string) => all.filter((item) => item.kind === kind).map(({ ok }) => ok);
    expect(of("bgp").every((ok) => ok)).toBe(true);
    expect(of("lldp")).toEqual([false, false]);
  });

  it("may be damaged in any way; every item is still evaluated", () => {
    const text = answer("frr10-leaf1");
    const damage = fc.record({
      at: fc.nat(text.length - 1),
      length: fc.nat(200),
      put: fc.constantFrom("", "{", "]", '"', "null", "[]", "\n[{", "=== exit 1\n", "\n=== section ip\n{}\n"),
    });
    fc.assert(
      fc.property(damage, ({ at, length, put }) => {
        const damaged = text.slice(0, at) + put + text.slice(at + length);
        expect(items("leaf1", damaged)).toHaveLength(items("leaf1", text).length);
      }),
      { numRuns: 100 },
    );
  });
});
