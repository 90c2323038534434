import type { Family, NftChain, ObservedFirewall } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { guardRules } from "./guard-rules.ts";
import { hostBridgeRules, linkAcceptRule, notrackRule, snatRule } from "./iptables-rules.ts";
import type { FirewallNeeds } from "./needs.ts";
import { nftAcceptRules, ownNotrackRule, ownSnatRule } from "./nft-rules.ts";

/**
 * Returns the rules that this host needs, which depend on its present firewall:
 *
 * - always: a rule that SNATs packets that leave the fabric, and rules that drop packets that must not leave or reach
 *   the host;
 * - if bridged frames go through the firewall (br_netfilter): rules that exclude links from connection tracking.
 *   Otherwise the SNAT rule would rewrite packets on the first link that they cross;
 * - if forwarded packets are dropped by default: rules that accept those of our bridges.
 *
 * No rule matches the beginning of a name: foreign devices may have similar names, now or later.
 */
export function desiredRules(needs: FirewallNeeds, firewall: ObservedFirewall): readonly DesiredRule[] {
  const families = (["ip", "ip6"] as const).filter((family) => needs.bridgeNetfilter[family]);
  const iptables = firewall.iptables;
  if (iptables === null) {
    return [
      ownSnatRule(needs),
      ...guardRules(needs, "nft"),
      ...families.map(ownNotrackRule),
      ...droppingChains(firewall, () => false).flatMap((chain) => nftAcceptRules(needs, chain)),
    ];
  }
  const accepting = (["ip", "ip6"] as const).filter((family) => iptables[family].forwardDrops);
  return [
    snatRule(needs),
    ...guardRules(needs, "iptables"),
    ...families.map(notrackRule),
    ...(accepting.includes("ip") ? hostBridgeRules(needs.host) : []),
    ...accepting.filter((family) => families.includes(family)).map(linkAcceptRule),
    ...droppingChains(firewall, (chain) =>
      accepting.some((family) => isIptablesForward(family, chain)),
    ).flatMap((chain) => nftAcceptRules(needs, chain)),
  ];
}

/** Returns foreign chains that drop received or forwarded packets, except those that iptables manages. */
function droppingChains(
  { nft }: ObservedFirewall,
  isHandled: (chain: NftChain) => boolean,
): readonly NftChain[] {
  return (nft?.chains ?? []).filter(
    (chain) =>
      ["forward", "prerouting"].includes(chain.hook) &&
      chain.policy === "drop" &&
      !chain.locked &&
      ["ip", "ip6", "inet", "bridge"].includes(chain.family) &&
      !isHandled(chain),
  );
}

/** Reports whether a chain is iptables' FORWARD chain: iptables-nft keeps its tables where nft shows them, too. */
function isIptablesForward(family: Family, chain: NftChain): boolean {
  return chain.family === family && chain.table === "filter" && chain.name === "FORWARD";
}
