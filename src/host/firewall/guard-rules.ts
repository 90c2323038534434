import { leavesByHost } from "../../fabric/uplink.ts";
import type { Prefix } from "../../net/prefix.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { guardRules6 } from "./guard-rules6.ts";
import { iptablesRule } from "./iptables-rules.ts";
import type { FirewallNeeds } from "./needs.ts";
import { nftRule } from "./nft-rules.ts";

/**
 * Packets from the fabric that the host drops. The rules are independent of each other, so that their order does not
 * matter. They are in tables that precede those of others, so that no foreign accept overrules them.
 */
type Guard =
  /** Packets with a source outside the fabric's network: they would leave without SNAT. */
  | { readonly kind: "foreign-source" }
  /** Packets between the fabric and the outside, in either direction. */
  | { readonly kind: "to-outside" }
  | { readonly kind: "from-outside" }
  /** Packets that connection tracking assigns to no connection: they would leave without SNAT. */
  | { readonly kind: "untracked" }
  | { readonly kind: "bmc-network" }
  | { readonly kind: "vnc" }
  /** Connections that servers open to the host itself. */
  | { readonly kind: "servers-to-host" }
  /** Connections that servers open through the host: to a network, over any device except one, or all. */
  | { readonly kind: "servers-to-network"; readonly prefix: Prefix }
  | { readonly kind: "servers-beside-uplink"; readonly device: string }
  | { readonly kind: "servers-outside" };

export function guardRules(needs: FirewallNeeds, backend: DesiredRule["backend"]): readonly DesiredRule[] {
  const toRule = backend === "iptables" ? iptablesGuard : nftGuard;
  return [...guards(needs).map((guard) => toRule(needs, guard)), ...guardRules6(needs, backend)];
}

function guards({ host, uplink, wayOut }: FirewallNeeds): readonly Guard[] {
  const { servers, management } = host.reach;
  const common = [
    { kind: "foreign-source" } as const,
    ...(wayOut.kind === "nat" ? ([{ kind: "untracked" }] as const) : []),
    ...(management ? [] : ([{ kind: "bmc-network" }, { kind: "vnc" }] as const)),
    ...(servers === "all" ? [] : ([{ kind: "servers-to-host" }] as const)),
  ];
  if (!leavesByHost(wayOut)) {
    return [...common, { kind: "to-outside" }, { kind: "from-outside" }];
  }
  return [
    ...common,
    ...(servers === "fabric" || (servers === "outside" && uplink === null)
      ? ([{ kind: "servers-outside" }] as const)
      : []),
    ...(servers === "outside" && uplink !== null
      ? [
          { kind: "servers-beside-uplink" as const, device: uplink.device },
          ...uplink.prefixes.map((prefix) => ({ kind: "servers-to-network" as const, prefix })),
        ]
      : []),
  ];
}

function iptablesGuard(
  { prefix, host, hostPrefix, loopbacks, vncPorts }: FirewallNeeds,
  guard: Guard,
): DesiredRule {
  const from = `-i ${host.bridge}`;
  const servers = `-m iprange ! --src-range ${loopbacks.join("-")} -m conntrack --ctstate NEW`;
  const drop = (table: string, chain: string, match: string) =>
    iptablesRule(host.mark, "ip", table, chain, match, "-j DROP");
  switch (guard.kind) {
    case "foreign-source":
      return drop("raw", "PREROUTING", `! -s ${prefix} ${from}`);
    case "to-outside":
      return drop("mangle", "FORWARD", from);
    case "from-outside":
      return drop("mangle", "FORWARD", `-o ${host.bridge}`);
    case "untracked":
      return drop("mangle", "FORWARD", `${from} -m conntrack --ctstate INVALID,UNTRACKED`);
    case "bmc-network":
      return drop("raw", "PREROUTING", `-d ${host.bmcPrefix} ${from}`);
    case "vnc":
      return drop("mangle", "INPUT", `${from} -p tcp -m tcp --dport ${vncPorts.join(":")}`);
    case "servers-to-host":
      return drop("mangle", "INPUT", `! -s ${hostPrefix} ${from} ${servers}`);
    case "servers-to-network":
      return drop("mangle", "FORWARD", `! -s ${hostPrefix} -d ${guard.prefix} ${from} ${servers}`);
    case "servers-beside-uplink":
      return drop("mangle", "FORWARD", `! -s ${hostPrefix} ${from} ! -o ${guard.device} ${servers}`);
    case "servers-outside":
      return drop("mangle", "FORWARD", `! -s ${hostPrefix} ${from} ${servers}`);
  }
}

function nftGuard(
  { prefix, host, hostPrefix, loopbacks, vncPorts }: FirewallNeeds,
  guard: Guard,
): DesiredRule {
  const from = `iifname "${host.bridge}"`;
  const servers = `ip saddr != ${hostPrefix} ip saddr != ${loopbacks.join("-")} ct state new`;
  const drop = (name: string, identity: string, match: string) =>
    nftRule(host.mark, { family: "ip", table: host.mark.comment, name }, `drop ${identity}`, `${match} drop`);
  switch (guard.kind) {
    case "foreign-source":
      return drop("prerouting", `what is not from ${prefix}`, `${from} ip saddr != ${prefix}`);
    case "to-outside":
      return drop("forward", "all to the outside", from);
    case "from-outside":
      return drop("forward", "all from the outside", `oifname "${host.bridge}"`);
    case "untracked":
      return drop("forward", "what is not tracked", `${from} ct state invalid,untracked`);
    case "bmc-network":
      return drop("prerouting", `to ${host.bmcPrefix}`, `${from} ip daddr ${host.bmcPrefix}`);
    case "vnc":
      return drop("input", `to VNC ${vncPorts.join("-")}`, `${from} tcp dport ${vncPorts.join("-")}`);
    case "servers-to-host":
      return drop("input", `new from ${guardedServers(loopbacks)}`, `${from} ${servers}`);
    case "servers-to-network":
      return drop("forward", `new to ${guard.prefix}`, `${from} ip daddr ${guard.prefix} ${servers}`);
    case "servers-beside-uplink":
      return drop("forward", `new but to ${guard.device}`, `${from} oifname != "${guard.device}" ${servers}`);
    case "servers-outside":
      return drop("forward", `new from ${guardedServers(loopbacks)}`, `${from} ${servers}`);
  }
}

/** Returns the rule's identity, which changes with the switches' addresses. */
function guardedServers(loopbacks: readonly [string, string]): string {
  return `all but ${loopbacks.join("-")}`;
}
