import type { Family, NftChain, ObservedFirewall } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { guardRules } from "./guard-rules.ts";
import { hostBridgeRules, linkAcceptRule, notrackRule, snatRule } from "./iptables-rules.ts";
import type { FirewallNeeds } from "./needs.ts";
import { nftAcceptRules, ownNotrackRule, ownSnatRule } from "./nft-rules.ts";

/**
 * The rules that this host needs, which depend on what its firewall does already:
 *
 * - always, the one that SNATs what leaves the fabric, and those that drop what must not leave or reach the host;
 * - where passing frames go through the firewall (br_netfilter), links are taken out of connection tracking.
 *   Otherwise the SNAT rule would rewrite packets on the first link that they cross;
 * - where forwarded packets are dropped unless a rule accepts them, such rules for our bridges.
 *
 * None goes by how a name begins: devices of others may begin likewise, now or later.
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

/** Chains of others that drop what arrives or is forwarded, besides those that iptables looks after. */
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

/** iptables of the nf_tables kind keeps its tables where nft shows them, too. */
function isIptablesForward(family: Family, chain: NftChain): boolean {
  return chain.family === family && chain.table === "filter" && chain.name === "FORWARD";
}
