import type { FabricMark } from "../../fabric/mark.ts";
import type { HostPlan } from "../../fabric/types.ts";
import type { Family } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import type { FirewallNeeds } from "./needs.ts";

export function snatRule({ host: { mark }, prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return iptablesRule(
    mark,
    "ip",
    "nat",
    "POSTROUTING",
    `-s ${prefix} ! -d ${prefix}`,
    `-j SNAT --to-source ${snatAddress}`,
  );
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

/** Accepts packets from the fabric, and replies to them. The host decides who may open connections to the fabric. */
export function hostBridgeRules({ bridge, mark }: HostPlan): readonly DesiredRule[] {
  return [
    iptablesRule(mark, "ip", "filter", "FORWARD", `-i ${bridge}`, "-j ACCEPT"),
    iptablesRule(
      mark,
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
