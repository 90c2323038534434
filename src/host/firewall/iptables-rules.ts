import type { FabricMark } from "../../fabric/mark.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import type { Family } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import type { FirewallNeeds, FirewallNeeds6, SnattedTraffic } from "./needs.ts";

export function snatRule({ prefix, host, snatAddress }: FirewallNeeds, traffic: SnattedTraffic): DesiredRule {
  const match =
    traffic.kind === "fabric"
      ? `-s ${prefix} ! -d ${prefix}`
      : `-s ${host.gateway}/32 -d ${traffic.neighbor}/32 -p tcp -m tcp --dport 179`;
  return iptablesRule(host.mark, "ip", "nat", "POSTROUTING", match, `-j SNAT --to-source ${snatAddress}`);
}

export function notrackRule({ host: { mark } }: FirewallNeeds, family: Family): DesiredRule {
  return iptablesRule(
    mark,
    family,
    "raw",
    "PREROUTING",
    `-m devgroup --src-group ${linksOf(mark)}`,
    "-j CT --notrack",
  );
}

/** The host's address in IPv6 may change by itself, so the kernel chooses it. */
export function masqueradeRule({ host: { mark } }: FirewallNeeds, { prefix }: FirewallNeeds6): DesiredRule {
  return iptablesRule(mark, "ip6", "nat", "POSTROUTING", `-s ${prefix} ! -d ${prefix}`, "-j MASQUERADE");
}

/**
 * Returns the fabric's link group, as iptables-save prints it. To the firewall, a frame comes from its bridge, not from
 * the bridge's port.
 */
function linksOf({ linkGroup }: FabricMark): string {
  return `0x${linkGroup.toString(16)}`;
}

/** Accepts frames that pass a bridge: to the firewall, they are forwarded from the bridge to the same bridge. */
export function linkAcceptRule({ host: { mark } }: FirewallNeeds, family: Family): DesiredRule {
  const match = `-m devgroup --src-group ${linksOf(mark)} --dst-group ${linksOf(mark)}`;
  return { ...iptablesRule(mark, family, "filter", "FORWARD", match, "-j ACCEPT"), position: "first" };
}

/**
 * Accepts packets from the fabric, and replies to them. Who may open connections to the fabric is the host's decision,
 * unless the network outside has a route to the fabric, which is there for that.
 */
export function hostBridgeRules(
  { host: { bridge, mark }, wayOut }: FirewallNeeds,
  family: Family,
): readonly DesiredRule[] {
  if (!leavesByHost(wayOut)) {
    return [];
  }
  const answers = "-m conntrack --ctstate RELATED,ESTABLISHED";
  return [
    iptablesRule(mark, family, "filter", "FORWARD", `-i ${bridge}`, "-j ACCEPT"),
    iptablesRule(
      mark,
      family,
      "filter",
      "FORWARD",
      wayOut.kind === "routed" ? `-o ${bridge}` : `-o ${bridge} ${answers}`,
      "-j ACCEPT",
    ),
  ].map((rule) => ({ ...rule, position: "first" as const }));
}

/** Builds a rule with its words in the order in which iptables-save prints them: plain matches, extensions, target. */
export function iptablesRule(
  { comment }: FabricMark,
  family: Family,
  table: string,
  chain: string,
  match: string,
  target: string,
): DesiredRule {
  return {
    backend: "iptables",
    family,
    table,
    chain,
    identity: `${match} ${target}`,
    owner: comment,
    statement: `${match} -m comment --comment ${comment} ${target}`,
    position: "last",
  };
}
