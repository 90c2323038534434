import { leavesByHost } from "../../fabric/uplink.ts";
import type { Family } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { LINK_GROUP, RULE_COMMENT } from "../model/ownership.ts";
import type { FirewallNeeds, SnattedTraffic } from "./needs.ts";

export function snatRule({ prefix, host, snatAddress }: FirewallNeeds, traffic: SnattedTraffic): DesiredRule {
  const match =
    traffic.kind === "fabric"
      ? `-s ${prefix} ! -d ${prefix}`
      : `-s ${host.gateway}/32 -d ${traffic.neighbor}/32 -p tcp -m tcp --dport 179`;
  return iptablesRule("ip", "nat", "POSTROUTING", match, `-j SNAT --to-source ${snatAddress}`);
}

/**
 * Our link group, as iptables-save prints it. To the firewall, a frame comes from its bridge, not from the bridge's
 * port.
 */
const OUR_LINKS = `0x${LINK_GROUP.toString(16)}`;

export function notrackRule(family: Family): DesiredRule {
  return iptablesRule(family, "raw", "PREROUTING", `-m devgroup --src-group ${OUR_LINKS}`, "-j CT --notrack");
}

/** Accepts frames that pass a bridge: to the firewall, they are forwarded from the bridge to the same bridge. */
export function linkAcceptRule(family: Family): DesiredRule {
  const match = `-m devgroup --src-group ${OUR_LINKS} --dst-group ${OUR_LINKS}`;
  return { ...iptablesRule(family, "filter", "FORWARD", match, "-j ACCEPT"), position: "first" };
}

/**
 * Accepts packets from the fabric, and replies to them. Who may open connections to the fabric is the host's decision,
 * unless the network outside has a route to the fabric, which is there for that.
 */
export function hostBridgeRules({ host: { bridge }, wayOut }: FirewallNeeds): readonly DesiredRule[] {
  if (!leavesByHost(wayOut)) {
    return [];
  }
  const answers = "-m conntrack --ctstate RELATED,ESTABLISHED";
  return [
    iptablesRule("ip", "filter", "FORWARD", `-i ${bridge}`, "-j ACCEPT"),
    iptablesRule(
      "ip",
      "filter",
      "FORWARD",
      wayOut.kind === "routed" ? `-o ${bridge}` : `-o ${bridge} ${answers}`,
      "-j ACCEPT",
    ),
  ].map((rule) => ({ ...rule, position: "first" as const }));
}

/** Builds a rule with its words in the order in which iptables-save prints them: plain matches, extensions, target. */
export function iptablesRule(
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
    statement: `${match} -m comment --comment ${RULE_COMMENT} ${target}`,
    position: "last",
  };
}
