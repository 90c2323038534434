import type { HostPlan } from "../../fabric/types.ts";
import { RULE_COMMENT } from "../ownership.ts";
import type { FirewallNeeds } from "./needs.ts";
import type { Family } from "./observed.ts";
import type { DesiredRule } from "./rules.ts";

export function snatRule({ prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return iptablesRule(
    "ip",
    "nat",
    "POSTROUTING",
    `-s ${prefix} ! -d ${prefix}`,
    `-j SNAT --to-source ${snatAddress}`,
  );
}

export function notrackRule(family: Family, wire: string): DesiredRule {
  return iptablesRule(family, "raw", "PREROUTING", `-i ${wire}+`, "-j CT --notrack");
}

/** A frame that passes a bridge is forwarded from the bridge to the bridge. */
export function wireAcceptRule(family: Family, wire: string): DesiredRule {
  return {
    ...iptablesRule(family, "filter", "FORWARD", `-i ${wire}+ -o ${wire}+`, "-j ACCEPT"),
    position: "first",
  };
}

/** What the fabric sends leaves, and answers come back; who may open connections to it is the host's decision. */
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

/** Words in the order in which iptables-save prints them: plain matches, extensions, target. */
function iptablesRule(
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
