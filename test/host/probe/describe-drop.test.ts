import { describe, expect, it } from "vitest";
import { DEFAULT_MARK } from "../../../src/fabric/mark.ts";
import { describeDrop } from "../../../src/host/probe/describe-drop.ts";
import { parseTrace } from "../../../src/host/probe/trace.ts";
import { bareHost } from "../network.ts";

/** Output of nft 1.0.6. */
const TRACE = `trace id 3e404d19 bridge ikvswitch-probe trace packet: iif "ikprobe0" ether saddr 02:69:6b:70:00:01
trace id 3e404d19 bridge ikvswitch-probe trace rule iifname "ikprobe0" meta nftrace set 1 (verdict continue)
trace id 3e404d19 bridge ikvswitch-probe trace policy accept
trace id 3e404d19 inet firewalld filter_FORWARD packet: iif "ikib1" oif "ikib1"
trace id 3e404d19 inet firewalld filter_FORWARD rule reject with icmpx admin-prohibited (verdict drop)
trace id 8af438e7 inet firewalld filter_FORWARD rule counter packets 2 bytes 9 drop (verdict drop)
`;

/** A trace of firewalld 1.3.3, which filters IPv6 by reverse path before routing. */
const REVERSE_PATH = `trace id 5b70d1f0 bridge ikvswitch-probe trace policy accept
trace id 5b70d1f0 inet firewalld mangle_PREROUTING packet: iif "ikib1" ip6 saddr 2001:db8::1 ip6 daddr 2001:db8::2
trace id 5b70d1f0 inet firewalld filter_PREROUTING packet: iif "ikib1" ip6 saddr 2001:db8::1 ip6 daddr 2001:db8::2
trace id 5b70d1f0 inet firewalld filter_PREROUTING rule meta nfproto ipv6 fib saddr . mark . iif oif missing drop (verdict drop)
`;

describe("dropped frames", () => {
  it("are reported with the rule, or the policy, that nft's trace names", () => {
    const place = { family: "inet", table: "firewalld", chain: "filter_FORWARD" };
    expect(parseTrace(TRACE)).toEqual({
      ...place,
      rule: "reject with icmpx admin-prohibited",
      isForwarded: true,
    });
    expect(parseTrace("trace id 1 bridge strict passing policy drop \n")).toEqual({
      family: "bridge",
      table: "strict",
      chain: "passing",
      rule: null,
      isForwarded: false,
    });
    expect(parseTrace(TRACE.replaceAll("verdict drop", "verdict accept"))).toBeNull();
    expect(parseTrace("")).toBeNull();
  });

  it("are reported with a fix that lets them pass", () => {
    const through = { ...bareHost, bridgeNetfilter: { ip: true, ip6: true } };
    const told = describeDrop(["ip", "ip6"], parseTrace(TRACE), through, DEFAULT_MARK);
    expect(told.what).toBe(
      'the host\'s firewall drops IPv4 and IPv6 frames on the links between switches, by the rule "reject with icmpx admin-prohibited" in chain inet firewalld filter_FORWARD',
    );
    expect(told.fix).toContain("net.bridge.bridge-nf-call-iptables=0");
    expect(told.fix).toContain(
      "nft insert rule inet firewalld filter_FORWARD iifgroup 26987 oifgroup 26987 accept",
    );
    // Before routing the output interface is unknown, so a rule with oifgroup would never match.
    const early = describeDrop(["ip6"], parseTrace(REVERSE_PATH), through, DEFAULT_MARK);
    expect(early.what).toContain('by the rule "meta nfproto ipv6 fib saddr . mark . iif oif missing drop"');
    expect(early.fix).toMatch(/nft insert rule inet firewalld filter_PREROUTING iifgroup 26987 accept$/);
    const unknown = describeDrop(["ip6"], null, bareHost, DEFAULT_MARK);
    expect(unknown.what).toBe(
      "the host's firewall drops IPv6 frames on the links between switches, nft does not report where",
    );
  });

  it("are reported with a setting of firewalld if only the owner may change the table", () => {
    const locked = {
      family: "inet",
      table: "firewalld",
      hook: "forward",
      policy: "drop",
      locked: true,
    } as const;
    const chains = [{ ...locked, name: "filter_FORWARD" }];
    const firewall = { ...bareHost.firewall, nft: { tables: [], chains, rules: [] } };
    const told = describeDrop(["ip"], parseTrace(TRACE), { ...bareHost, firewall }, DEFAULT_MARK);
    expect(told.fix).toContain("NftablesTableOwner=no in /etc/firewalld/firewalld.conf");
    expect(told.fix).not.toContain("nft insert rule");
  });
});
