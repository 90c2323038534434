import type { HostPlan } from "../../fabric/types.ts";
import type { Family } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { LINK_GROUP, RULE_COMMENT } from "../model/ownership.ts";
import type { FirewallNeeds } from "./needs.ts";

export function snatRule({ prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return iptablesRule(
    "ip",
    "nat",
    "POSTROUTING",
    `-s ${prefix} ! -d ${prefix}`,
    `-j SNAT --to-source ${snatAddress}`,
  );
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

/** Accepts packets from the fabric, and replies to them. The host decides who may open connections to the fabric. */
export function hostBridgeRules({ bridge }: HostPlan): readonly DesiredRule[] {
  return [
    iptablesRule("ip", "filter", "FORWARD", `-i ${bridge}`, "-j ACCEPT"),
    iptablesRule(
      "ip",
      "filter",
      "FORWARD",
      `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED`,
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
