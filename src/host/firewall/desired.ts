import type { Family, NftChain, ObservedFirewall } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { guardRules } from "./guard-rules.ts";
import { hostBridgeRules, linkAcceptRule, masqueradeRule, notrackRule, snatRule } from "./iptables-rules.ts";
import type { FirewallNeeds, SnattedTraffic } from "./needs.ts";
import { nftAcceptRules, ownMasqueradeRule, ownNotrackRule, ownSnatRule } from "./nft-rules.ts";

/**
 * Returns the rules that this host needs, which depend on its present firewall:
 *
 * - always: rules that drop packets that must not leave or reach the host;
 * - if the fabric's packets leave with the host's address: a rule that SNATs them;
 * - if bridged frames go through the firewall (br_netfilter): rules that exclude links from connection tracking.
 *   Otherwise the SNAT rule would rewrite packets on the first link that they cross;
 * - if forwarded packets are dropped by default: rules that accept those of our bridges.
 *
 * A host without a link of its own to the fabric has no such packets, but bridged frames.
 *
 * No rule matches the beginning of a name: foreign devices may have similar names, now or later.
 */
export function desiredRules(needs: FirewallNeeds, firewall: ObservedFirewall): readonly DesiredRule[] {
  const families = (["ip", "ip6"] as const).filter((family) => needs.bridgeNetfilter[family]);
  const iptables = firewall.iptables;
  if (iptables === null) {
    return [
      ...snatted(needs).map((traffic) => ownSnatRule(needs, traffic)),
      ...(needs.v6?.nat ? [ownMasqueradeRule(needs, needs.v6)] : []),
      ...(needs.hasHostLink ? guardRules(needs, "nft") : []),
      ...families.map((family) => ownNotrackRule(needs, family)),
      ...droppingChains(firewall, () => false).flatMap((chain) => nftAcceptRules(needs, chain)),
    ];
  }
  const accepting = (["ip", "ip6"] as const).filter((family) => iptables[family].forwardDrops);
  return [
    ...snatted(needs).map((traffic) => snatRule(needs, traffic)),
    ...(needs.v6?.nat ? [masqueradeRule(needs, needs.v6)] : []),
    ...(needs.hasHostLink ? guardRules(needs, "iptables") : []),
    ...families.map((family) => notrackRule(needs, family)),
    ...(needs.hasHostLink ? accepting : [])
      .filter((family) => family === "ip" || needs.v6 !== null)
      .flatMap((family) => hostBridgeRules(needs, family)),
    ...accepting.filter((family) => families.includes(family)).map((family) => linkAcceptRule(needs, family)),
    ...droppingChains(firewall, (chain) =>
      accepting.some((family) => isIptablesForward(family, chain)),
    ).flatMap((chain) => nftAcceptRules(needs, chain)),
  ];
}

/** The packets that get the host's address as their source. With a routed way out, only the BGP session does. */
function snatted({ wayOut }: FirewallNeeds): readonly SnattedTraffic[] {
  switch (wayOut.kind) {
    case "nat":
      return [{ kind: "fabric" }];
    case "routed":
      return wayOut.bgp === null ? [] : [{ kind: "bgp", neighbor: wayOut.bgp.address }];
    default:
      return [];
  }
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
