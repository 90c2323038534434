import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { changePhases } from "../../src/host/commands.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { firewallActions } from "../../src/host/firewall/commands.ts";
import { desiredRules } from "../../src/host/firewall/desired.ts";
import { firewallNeeds } from "../../src/host/firewall/needs.ts";
import { formatPhases } from "../../src/host/format.ts";
import type { ObservedFirewall } from "../../src/host/model/firewall.ts";
import { outsideRoute } from "../../src/host/outside-route.ts";
import { configFrom } from "../fabric/config.ts";
import { bareHost, builtHost, HOST_ADDRESS, openFirewall, SETTINGS } from "./network.ts";

const SMALL = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=3", "MAC_PREFIX=00:22:22:dd:ee"];
const NEIGHBOR = ["MY_IP=203.0.113.2", "UPLINK_BGP_NEIGHBOR=203.0.113.1", "UPLINK_BGP_AS=64999"];
const plan = (...lines: readonly string[]) => planFabric(configFrom(...SMALL, ...lines));

/** A host with the network of a fabric with NAT. */
const before = builtHost(plan());

/** Returns what changes on that host, as a shell script. */
function changes(...lines: readonly string[]): string {
  const fabric = plan(...lines);
  const diff = diffNetwork(fabric, desiredNetwork(fabric, before, SETTINGS), before);
  return formatPhases(changePhases(fabric, diff, false));
}

function rules(firewall: ObservedFirewall, ...lines: readonly string[]): string {
  const needs = firewallNeeds(plan(...lines), bareHost, HOST_ADDRESS);
  return formatPhases([{ title: "", actions: firewallActions([], desiredRules(needs, firewall)) }]);
}

describe("a change of the way out on the host", () => {
  it("to a bridge adds one tap to it, whose MAC the bridge never takes, and which learns", () => {
    const script = changes("UPLINK=bridge:br0");
    expect(script).toContain(`tuntap add dev ikut mode tap user ikvswitch
link set dev ikut address fe:00:27:06:ac:13 mtu 1500 group 26987 master br0
END`);
    expect(script.match(/^link (add|del|set dev)/gm)).toHaveLength(1);
  });

  it("to a macvtap adds one with the MAC of the internet router's port, and gives it to the emulator's user", () => {
    const script = changes("UPLINK=macvtap:eth0");
    expect(script).toContain(
      "link add link eth0 name ikut address 08:00:27:06:ac:13 mtu 1500 group 26987 type macvtap mode bridge",
    );
    expect(script).toContain('chown "$2" "$node"');
  });

  it("to isolated only replaces rules", () => {
    expect(changes("UPLINK=isolated")).not.toMatch(/^link |ip -batch/m);
  });
});

describe("the firewall rules", () => {
  it("forward nothing with isolated, bridge and macvtap, and translate nothing", () => {
    for (const uplink of ["isolated", "bridge:br0", "macvtap:eth0"]) {
      const script = rules(openFirewall, `UPLINK=${uplink}`);
      expect(script).toContain("-A FORWARD -i ikhb -m comment --comment ikvswitch -j DROP");
      expect(script).toContain("-A FORWARD -o ikhb -m comment --comment ikvswitch -j DROP");
      expect(script).not.toContain("SNAT");
    }
  });

  it("translate the BGP session alone with routed", () => {
    expect(rules(openFirewall, "UPLINK=routed")).not.toMatch(/SNAT|INVALID/);
    expect(rules(openFirewall, "UPLINK=routed", ...NEIGHBOR)).toContain(
      "-A POSTROUTING -s 192.168.96.2/32 -d 203.0.113.1/32 -p tcp -m tcp --dport 179 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2",
    );
  });

  it("are the same in nft", () => {
    const nft = { ...openFirewall, iptables: null };
    expect(rules(nft, "UPLINK=isolated")).toMatch(/iifname "ikhb" drop.*\n.*oifname "ikhb" drop/);
    expect(rules(nft, "UPLINK=routed", ...NEIGHBOR)).toContain(
      "ip saddr 192.168.96.2 ip daddr 203.0.113.1 tcp dport 179 snat to 203.0.113.2",
    );
  });

  it("let the outside open connections to the fabric with routed, on a host that forwards nothing by itself", () => {
    const dropping = { ip: { forwardDrops: true, rules: [] }, ip6: { forwardDrops: false, rules: [] } };
    const script = rules({ ...openFirewall, iptables: dropping }, "UPLINK=routed");
    expect(script).toContain("-o ikhb -m comment --comment ikvswitch -j ACCEPT");
  });
});

it.each([
  [["UPLINK=nat"], null],
  [["UPLINK=isolated"], null],
  [["UPLINK=routed"], "ip route add 192.168.96.0/19 via 203.0.113.2"],
  [["UPLINK=routed", ...NEIGHBOR], null],
  [["UPLINK=bridge:br0"], null],
  [
    ["UPLINK=bridge:br0", "UPLINK_NAT=no", "UPLINK_ADDRESS=10.77.0.9/24", "UPLINK_GATEWAY=10.77.0.1"],
    "ip route add 192.168.96.0/19 via 10.77.0.9",
  ],
])("the router outside needs a route only where packets keep their source: %s", (lines, command) => {
  expect(outsideRoute(plan(...lines), HOST_ADDRESS)).toBe(command);
});
