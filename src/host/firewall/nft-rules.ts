import type { FabricMark } from "../../fabric/mark.ts";
import { leavesByHost } from "../../fabric/uplink.ts";
import type { Family, NftChain } from "../model/firewall.ts";
import type { DesiredRule } from "../model/firewall-rules.ts";
import type { FirewallNeeds, FirewallNeeds6, SnattedTraffic } from "./needs.ts";

export function ownSnatRule(
  { prefix, host, snatAddress }: FirewallNeeds,
  traffic: SnattedTraffic,
): DesiredRule {
  const chain = { family: "ip", table: host.mark.comment, name: "postrouting" };
  return traffic.kind === "fabric"
    ? nftRule(
        host.mark,
        chain,
        `snat ${prefix} to ${snatAddress}`,
        `ip saddr ${prefix} ip daddr != ${prefix} snat to ${snatAddress}`,
      )
    : nftRule(
        host.mark,
        chain,
        `snat BGP with ${traffic.neighbor} to ${snatAddress}`,
        `ip saddr ${host.gateway} ip daddr ${traffic.neighbor} tcp dport 179 snat to ${snatAddress}`,
      );
}

export function ownMasqueradeRule(
  { host: { mark } }: FirewallNeeds,
  { prefix }: FirewallNeeds6,
): DesiredRule {
  return nftRule(
    mark,
    { family: "ip6", table: mark.comment, name: "postrouting" },
    `masquerade ${prefix}`,
    `ip6 saddr ${prefix} ip6 daddr != ${prefix} masquerade`,
  );
}

export function ownNotrackRule({ host: { mark } }: FirewallNeeds, family: Family): DesiredRule {
  return nftRule(
    mark,
    { family, table: mark.comment, name: "prerouting" },
    "notrack links",
    `iifgroup ${mark.linkGroup} notrack`,
  );
}

/** Matches by group, since not every kernel can match the bridge of a frame (CONFIG_NFT_BRIDGE_META). */
const FRAMES_OF_TAPS = [
  ["accept from taps", "iifgroup"],
  ["accept to taps", "oifgroup"],
] as const;

export function nftAcceptRules(needs: FirewallNeeds, chain: NftChain): readonly DesiredRule[] {
  const { bridge, mark } = needs.host;
  if (chain.family === "bridge") {
    return FRAMES_OF_TAPS.map(([identity, match]) =>
      nftRule(mark, chain, identity, `${match} ${mark.linkGroup} accept`),
    );
  }
  if (chain.hook === "prerouting") {
    // Before routing, no outgoing interface is known yet. Packets from other devices are left to the host's own rules.
    return seesFrames(needs, chain)
      ? [nftRule(mark, chain, "accept from links", `iifgroup ${mark.linkGroup} accept`)]
      : [];
  }
  const forLinks = seesFrames(needs, chain)
    ? [
        nftRule(
          mark,
          chain,
          "accept on links",
          `iifgroup ${mark.linkGroup} oifgroup ${mark.linkGroup} accept`,
        ),
      ]
    : [];
  const toFabric =
    needs.wayOut.kind === "routed"
      ? nftRule(mark, chain, `accept to ${bridge}`, `oifname "${bridge}" accept`)
      : nftRule(
          mark,
          chain,
          `accept answers to ${bridge}`,
          `oifname "${bridge}" ct state established,related accept`,
        );
  const forHostBridge = leavesByHost(needs.wayOut)
    ? [nftRule(mark, chain, `accept from ${bridge}`, `iifname "${bridge}" accept`), toFabric]
    : [];
  // Without a network of IPv6, the fabric's IPv6 does not leave it through the host.
  return chain.family === "ip6" && needs.v6 === null ? forLinks : [...forLinks, ...forHostBridge];
}

/** Reports whether frames that only pass a bridge go through a chain of IP packets. */
function seesFrames({ bridgeNetfilter }: FirewallNeeds, { family }: NftChain): boolean {
  return (family !== "ip6" && bridgeNetfilter.ip) || (family !== "ip" && bridgeNetfilter.ip6);
}

export function nftRule(
  { comment }: FabricMark,
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
    owner: comment,
    statement: `${expression} comment "${comment} ${identity}"`,
    position: chain.table === comment ? "last" : "first",
  };
}
