import { describe, expect, it } from "vitest";
import type { Reach } from "../../../src/fabric/types.ts";
import { firewallActions } from "../../../src/host/firewall/commands.ts";
import { desiredRules } from "../../../src/host/firewall/desired.ts";
import { firewallNeeds } from "../../../src/host/firewall/needs.ts";
import { formatPhases } from "../../../src/host/format.ts";
import type { NftChain, ObservedFirewall } from "../../../src/host/model/firewall.ts";
import { bareHost, HOST_ADDRESS, openFirewall, smallFabric } from "../network.ts";

const SNAT =
  "-s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2";

/** The drop rules of every host, as lines of iptables-restore. */
const RAW_DROPS = `*raw
-A PREROUTING ! -s 192.168.96.0/19 -i ikhb -m comment --comment ikvswitch -j DROP
-A PREROUTING -d 192.168.200.0/24 -i ikhb -m comment --comment ikvswitch -j DROP`;
const MANGLE_DROPS = `*mangle
-A FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -m comment --comment ikvswitch -j DROP
-A INPUT -i ikhb -p tcp -m tcp --dport 5980:5983 -m comment --comment ikvswitch -j DROP
COMMIT`;

const SHIPPED: Reach = { servers: "all", management: false };

function script(
  firewall: ObservedFirewall,
  bridgeNetfilter = { ip: false, ip6: false },
  reach: Reach = SHIPPED,
): string {
  const fabric = { ...smallFabric, host: { ...smallFabric.host, reach } };
  const needs = firewallNeeds(fabric, { ...bareHost, bridgeNetfilter }, HOST_ADDRESS);
  return formatPhases([{ title: "", actions: firewallActions([], desiredRules(needs, firewall)) }]).slice(3);
}

function dropping(ip: boolean, ip6: boolean): ObservedFirewall {
  return {
    ...openFirewall,
    iptables: { ip: { forwardDrops: ip, rules: [] }, ip6: { forwardDrops: ip6, rules: [] } },
  };
}

function withChain(chain: Partial<NftChain>, firewall: ObservedFirewall = openFirewall): ObservedFirewall {
  const base: NftChain = {
    family: "inet",
    table: "filter",
    name: "forward",
    hook: "forward",
    policy: "drop",
    locked: false,
  };
  return { ...firewall, nft: { tables: [], rules: [], chains: [{ ...base, ...chain }] } };
}

describe("the firewall rules", () => {
  it("are SNAT, and drops of packets that must not leave, on a host that accepts everything", () => {
    expect(script(openFirewall)).toBe(`iptables-restore --noflush --wait=10 <<'END'
*nat
-A POSTROUTING ${SNAT}
COMMIT
${RAW_DROPS}
COMMIT
${MANGLE_DROPS}
END`);
  });

  it("exclude the links from connection tracking if bridged frames pass the firewall", () => {
    expect(script(openFirewall, { ip: true, ip6: true })).toBe(`iptables-restore --noflush --wait=10 <<'END'
*nat
-A POSTROUTING ${SNAT}
COMMIT
${RAW_DROPS}
-A PREROUTING -m devgroup --src-group 0x696b -m comment --comment ikvswitch -j CT --notrack
COMMIT
${MANGLE_DROPS}
END
ip6tables-restore --noflush --wait=10 <<'END'
*raw
-A PREROUTING -m devgroup --src-group 0x696b -m comment --comment ikvswitch -j CT --notrack
COMMIT
END`);
  });

  it("accept the fabric's packets and the answers to them if the host drops forwarded packets", () => {
    expect(script(dropping(true, true))).toBe(`iptables-restore --noflush --wait=10 <<'END'
*nat
-A POSTROUTING ${SNAT}
COMMIT
${RAW_DROPS}
COMMIT
${MANGLE_DROPS}
*filter
-I FORWARD 1 -i ikhb -m comment --comment ikvswitch -j ACCEPT
-I FORWARD 1 -o ikhb -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment ikvswitch -j ACCEPT
COMMIT
END`);
  });

  it("accept frames on the links only if these pass the firewall and it drops", () => {
    const accepts = (text: string) => text.split("\n").filter((line) => line.includes("--dst-group 0x696b"));
    expect(accepts(script(dropping(true, false), { ip: true, ip6: true }))).toEqual([
      "-I FORWARD 1 -m devgroup --src-group 0x696b --dst-group 0x696b -m comment --comment ikvswitch -j ACCEPT",
    ]);
    expect(accepts(script(dropping(true, true), { ip: true, ip6: true }))).toHaveLength(2);
    expect(accepts(script(dropping(false, false), { ip: true, ip6: true }))).toEqual([]);
  });

  it("go into a dropping chain of another nft table, since an accept elsewhere has no effect on it", () => {
    expect(script(withChain({}))).toBe(`iptables-restore --noflush --wait=10 <<'END'
*nat
-A POSTROUTING ${SNAT}
COMMIT
${RAW_DROPS}
COMMIT
${MANGLE_DROPS}
END
nft -f - <<'END'
insert rule inet filter forward iifname "ikhb" accept comment "ikvswitch accept from ikhb"
insert rule inet filter forward oifname "ikhb" ct state established,related accept comment "ikvswitch accept answers to ikhb"
END`);
    expect(script(withChain({ family: "bridge" }))).toContain(
      'insert rule bridge filter forward iifgroup 26987 accept comment "ikvswitch accept from taps"',
    );
    expect(script(withChain({ policy: "accept" }))).not.toContain("nft");
    // Only its owner may change such a chain: the kernel would refuse the rule, and the start would fail.
    expect(script(withChain({ locked: true }))).not.toContain("nft");
    expect(script(withChain({ hook: "input" }))).not.toContain("nft");
  });

  it("go into a prerouting chain that filters by reverse path, which would drop frames on links", () => {
    const prerouting = withChain({ name: "filter_PREROUTING", hook: "prerouting" });
    expect(script(prerouting, { ip: false, ip6: true })).toContain(
      'insert rule inet filter filter_PREROUTING iifgroup 26987 accept comment "ikvswitch accept from links"\nEND',
    );
    expect(script(prerouting)).not.toContain("nft");
    expect(
      script(withChain({ hook: "prerouting", policy: "accept" }), { ip: true, ip6: true }),
    ).not.toContain("nft");
  });

  it("are not duplicated in a chain that nft lists and iptables manages", () => {
    const chain = { family: "ip", table: "filter", name: "FORWARD" };
    expect(script(withChain(chain, dropping(true, false)))).not.toContain("nft");
  });

  it("are in a table of their own if iptables is not installed", () => {
    expect(script({ ...openFirewall, iptables: null }, { ip: true, ip6: true })).toBe(`nft -f - <<'END'
add table ip ikvswitch
add chain ip ikvswitch postrouting { type nat hook postrouting priority 100 ; }
add chain ip ikvswitch prerouting { type filter hook prerouting priority -300 ; }
add chain ip ikvswitch forward { type filter hook forward priority -150 ; }
add chain ip ikvswitch input { type filter hook input priority -150 ; }
add table ip6 ikvswitch
add chain ip6 ikvswitch prerouting { type filter hook prerouting priority -300 ; }
add rule ip ikvswitch postrouting ip saddr 192.168.96.0/19 ip daddr != 192.168.96.0/19 snat to 203.0.113.2 comment "ikvswitch snat 192.168.96.0/19 to 203.0.113.2"
add rule ip ikvswitch prerouting iifname "ikhb" ip saddr != 192.168.96.0/19 drop comment "ikvswitch drop what is not from 192.168.96.0/19"
add rule ip ikvswitch forward iifname "ikhb" ct state invalid,untracked drop comment "ikvswitch drop what is not tracked"
add rule ip ikvswitch prerouting iifname "ikhb" ip daddr 192.168.200.0/24 drop comment "ikvswitch drop to 192.168.200.0/24"
add rule ip ikvswitch input iifname "ikhb" tcp dport 5980-5983 drop comment "ikvswitch drop to VNC 5980-5983"
add rule ip ikvswitch prerouting iifgroup 26987 notrack comment "ikvswitch notrack links"
add rule ip6 ikvswitch prerouting iifgroup 26987 notrack comment "ikvswitch notrack links"
END`);
  });
});

describe("the reach of the fabric into the host", () => {
  const drops = (reach: Partial<Reach>) =>
    script(openFirewall, undefined, { ...SHIPPED, ...reach })
      .split("\n")
      .filter((line) => line.endsWith("-j DROP"))
      .map((line) => line.replace(" -m comment --comment ikvswitch -j DROP", ""));
  const FROM_SERVERS = "-m iprange ! --src-range 192.168.98.1-192.168.98.4 -m conntrack --ctstate NEW";

  it("includes the BMC network and VNC only if the configuration allows it", () => {
    expect(drops({ management: true })).toEqual([
      "-A PREROUTING ! -s 192.168.96.0/19 -i ikhb",
      "-A FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED",
    ]);
  });

  it("is, for servers, only beyond the host's router with SERVERS_REACH=outside", () => {
    expect(drops({ servers: "outside" }).filter((line) => line.includes("iprange"))).toEqual([
      `-A INPUT ! -s 192.168.96.0/24 -i ikhb ${FROM_SERVERS}`,
      `-A FORWARD ! -s 192.168.96.0/24 -i ikhb ! -o eth0 ${FROM_SERVERS}`,
      `-A FORWARD ! -s 192.168.96.0/24 -d 203.0.113.0/24 -i ikhb ${FROM_SERVERS}`,
    ]);
  });

  it("is, for servers, nothing with SERVERS_REACH=fabric", () => {
    expect(drops({ servers: "fabric" }).filter((line) => line.includes("iprange"))).toEqual([
      `-A INPUT ! -s 192.168.96.0/24 -i ikhb ${FROM_SERVERS}`,
      `-A FORWARD ! -s 192.168.96.0/24 -i ikhb ${FROM_SERVERS}`,
    ]);
  });
});
