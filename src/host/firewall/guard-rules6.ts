import type { FabricMark } from "../../fabric/mark.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { iptablesRule } from "./iptables-rules.ts";
import type { FirewallNeeds, FirewallNeeds6, HostUplink } from "./needs.ts";
import { nftRule } from "./nft-rules.ts";

/** A rule that drops IPv6 packets from the fabric, in the words of both tools. */
interface Guard6 {
  readonly chain: "input" | "forward";
  /** Match of ip6tables, in the order of ip6tables-save. */
  readonly iptables: string;
  /** Match of nft, and its name there. */
  readonly nft: string;
  readonly name: string;
}

/**
 * Returns the rules that drop IPv6 packets from the fabric, as `guardRules` does for IPv4. Neighbor discovery has
 * link-local sources and is no part of a connection, so no rule may drop it.
 */
export function guardRules6(
  { v6, host, vncPorts, wayOut }: FirewallNeeds,
  backend: DesiredRule["backend"],
): readonly DesiredRule[] {
  if (v6 === null) {
    return [];
  }
  const { servers, management } = host.reach;
  const guards = [
    ...foreignSources(v6, host.bridge),
    ...(v6.nat ? [untracked(host.bridge)] : []),
    ...(management ? [] : [vnc(vncPorts, host.bridge)]),
    ...(servers === "all" ? [] : [fromServers(v6, "input", host.bridge)]),
    ...(leavesByHost(wayOut) ? [] : throughHost(host.bridge)),
    ...(servers === "fabric" || (servers === "outside" && v6.uplink === null)
      ? [fromServers(v6, "forward", host.bridge)]
      : []),
    ...(servers === "outside" && v6.uplink !== null ? besideUplink(v6, v6.uplink, host.bridge) : []),
  ];
  const toRule = backend === "iptables" ? iptablesGuard : nftGuard;
  return guards.map((guard) => toRule(host.mark, guard));
}

/** Packets with a source outside of the fabric's network. */
function foreignSources({ prefix }: FirewallNeeds6, bridge: string): readonly Guard6[] {
  const name = `what is not from ${prefix}`;
  const source = `iifname "${bridge}" ip6 saddr != ${prefix}`;
  return [
    { chain: "forward", name, iptables: `! -s ${prefix} -i ${bridge}`, nft: source },
    {
      chain: "input",
      name,
      iptables: `! -s ${prefix} -i ${bridge} ! -p ipv6-icmp`,
      nft: `${source} meta l4proto != ipv6-icmp`,
    },
  ];
}

/** Packets between the fabric and the outside, if these do not reach each other through the host. */
function throughHost(bridge: string): readonly Guard6[] {
  return [
    { chain: "forward", name: "all to the outside", iptables: `-i ${bridge}`, nft: `iifname "${bridge}"` },
    { chain: "forward", name: "all from the outside", iptables: `-o ${bridge}`, nft: `oifname "${bridge}"` },
  ];
}

/** Packets that connection tracking assigns to no connection: they would leave without NAT66. */
function untracked(bridge: string): Guard6 {
  return {
    chain: "forward",
    name: "what is not tracked",
    iptables: `-i ${bridge} -m conntrack --ctstate INVALID,UNTRACKED`,
    nft: `iifname "${bridge}" ct state invalid,untracked`,
  };
}

function vnc(ports: readonly [number, number], bridge: string): Guard6 {
  return {
    chain: "input",
    name: `to VNC ${ports.join("-")}`,
    iptables: `-i ${bridge} -p tcp -m tcp --dport ${ports.join(":")}`,
    nft: `iifname "${bridge}" tcp dport ${ports.join("-")}`,
  };
}

/** Connections that servers open. @param to the words of both tools for their destination */
function fromServers(
  { hostPrefix, loopbackPrefix }: FirewallNeeds6,
  chain: Guard6["chain"],
  bridge: string,
  to = { name: "", iptables: ["", ""] as readonly [string, string], nft: "" },
): Guard6 {
  const switches = `${loopbackPrefix.first}-${loopbackPrefix.last}`;
  const [destination, device] = to.iptables;
  return {
    chain,
    name: `new from all but ${loopbackPrefix}${to.name}`,
    iptables:
      `! -s ${hostPrefix}${destination} -i ${bridge}${device} ` +
      `-m iprange ! --src-range ${switches} -m conntrack --ctstate NEW`,
    nft: `iifname "${bridge}"${to.nft} ip6 saddr != ${hostPrefix} ip6 saddr != ${loopbackPrefix} ct state new`,
  };
}

function besideUplink(
  needs: FirewallNeeds6,
  { device, prefixes }: HostUplink,
  bridge: string,
): readonly Guard6[] {
  return [
    fromServers(needs, "forward", bridge, {
      name: ` but to ${device}`,
      iptables: ["", ` ! -o ${device}`],
      nft: ` oifname != "${device}"`,
    }),
    ...prefixes.map((prefix) =>
      fromServers(needs, "forward", bridge, {
        name: ` to ${prefix}`,
        iptables: [` -d ${prefix}`, ""],
        nft: ` ip6 daddr ${prefix}`,
      }),
    ),
  ];
}

function iptablesGuard(mark: FabricMark, { chain, iptables }: Guard6): DesiredRule {
  return iptablesRule(mark, "ip6", "mangle", chain.toUpperCase(), iptables, "-j DROP");
}

function nftGuard(mark: FabricMark, { chain, name, nft }: Guard6): DesiredRule {
  return nftRule(mark, { family: "ip6", table: mark.comment, name: chain }, `drop ${name}`, `${nft} drop`);
}
