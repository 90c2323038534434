import type { Family, NftChain } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import { LINK_GROUP, RULE_COMMENT } from "../model/ownership.ts";
import type { FirewallNeeds } from "./needs.ts";

export function ownSnatRule({ prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return nftRule(
    { family: "ip", table: RULE_COMMENT, name: "postrouting" },
    `snat ${prefix} to ${snatAddress}`,
    `ip saddr ${prefix} ip daddr != ${prefix} snat to ${snatAddress}`,
  );
}

export function ownNotrackRule(family: Family): DesiredRule {
  return nftRule(
    { family, table: RULE_COMMENT, name: "prerouting" },
    "notrack links",
    `iifgroup ${LINK_GROUP} notrack`,
  );
}

/** Matches by group, since not every kernel can match the bridge of a frame (CONFIG_NFT_BRIDGE_META). */
const FRAMES_OF_TAPS = [
  ["accept from taps", "iifgroup"],
  ["accept to taps", "oifgroup"],
] as const;

export function nftAcceptRules(needs: FirewallNeeds, chain: NftChain): readonly DesiredRule[] {
  const { bridge } = needs.host;
  if (chain.family === "bridge") {
    return FRAMES_OF_TAPS.map(([identity, match]) =>
      nftRule(chain, identity, `${match} ${LINK_GROUP} accept`),
    );
  }
  if (chain.hook === "prerouting") {
    // Before routing, no outgoing interface is known yet. Packets from other devices are left to the host's own rules.
    return seesFrames(needs, chain)
      ? [nftRule(chain, "accept from links", `iifgroup ${LINK_GROUP} accept`)]
      : [];
  }
  const forLinks = seesFrames(needs, chain)
    ? [nftRule(chain, "accept on links", `iifgroup ${LINK_GROUP} oifgroup ${LINK_GROUP} accept`)]
    : [];
  const forHostBridge = [
    nftRule(chain, `accept from ${bridge}`, `iifname "${bridge}" accept`),
    nftRule(chain, `accept answers to ${bridge}`, `oifname "${bridge}" ct state established,related accept`),
  ];
  // The fabric's IPv6 does not leave it through the host.
  return chain.family === "ip6" ? forLinks : [...forLinks, ...forHostBridge];
}

/** Reports whether frames that only pass a bridge go through a chain of IP packets. */
function seesFrames({ bridgeNetfilter }: FirewallNeeds, { family }: NftChain): boolean {
  return (family !== "ip6" && bridgeNetfilter.ip) || (family !== "ip" && bridgeNetfilter.ip6);
}

export function nftRule(
  chain: Pick<NftChain, "family" | "table" | "name">,
  identity: string,
  expression: string,
): DesiredRule {
  return {
    backend: "nft",
    family: chain.family,
    table: chain.table,
    chain: chain.name,
    identity,
    statement: `${expression} comment "${RULE_COMMENT} ${identity}"`,
    position: chain.table === RULE_COMMENT ? "last" : "first",
  };
}
