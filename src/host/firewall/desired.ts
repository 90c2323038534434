import type { Address, HostPlan, Prefix } from "../../fabric/types.ts";
import { LINK_GROUP, RULE_COMMENT } from "../ownership.ts";
import type { Family, NftChain, ObservedFirewall } from "./observed.ts";
import type { DesiredRule } from "./rules.ts";

export interface FirewallNeeds {
  readonly prefix: Prefix;
  readonly host: HostPlan;
  /** Resolved from `auto`. */
  readonly snatAddress: Address;
  readonly bridgeNetfilter: Readonly<Record<Family, boolean>>;
}

/**
 * The rules that this host needs, which depend on what its firewall does already:
 *
 * - always, the one that SNATs what leaves the fabric;
 * - where passing frames go through the firewall (br_netfilter), wires are taken out of connection tracking.
 *   Otherwise the SNAT rule would rewrite packets on the first wire that they cross;
 * - where forwarded packets are dropped unless a rule accepts them, such rules for our bridges.
 */
export function desiredRules(needs: FirewallNeeds, firewall: ObservedFirewall): readonly DesiredRule[] {
  const families = (["ip", "ip6"] as const).filter((family) => needs.bridgeNetfilter[family]);
  const wires = needs.host.wireBridgeNamePrefixes;
  const iptables = firewall.iptables;
  if (iptables === null) {
    return [
      ownSnatRule(needs),
      ...families.flatMap((family) => wires.map((wire) => ownNotrackRule(family, wire))),
      ...droppingChains(firewall, () => false).flatMap((chain) => nftAcceptRules(needs, chain)),
    ];
  }
  const accepting = (["ip", "ip6"] as const).filter((family) => iptables[family].forwardDrops);
  return [
    snatRule(needs),
    ...families.flatMap((family) => wires.map((wire) => notrackRule(family, wire))),
    ...(accepting.includes("ip") ? hostBridgeRules(needs.host) : []),
    ...accepting
      .filter((family) => families.includes(family))
      .flatMap((family) => wires.map((wire) => wireAcceptRule(family, wire))),
    ...droppingChains(firewall, (chain) =>
      accepting.some((family) => isIptablesForward(family, chain)),
    ).flatMap((chain) => nftAcceptRules(needs, chain)),
  ];
}

function snatRule({ prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return iptablesRule(
    "ip",
    "nat",
    "POSTROUTING",
    `-s ${prefix} ! -d ${prefix}`,
    `-j SNAT --to-source ${snatAddress}`,
  );
}

function notrackRule(family: Family, wire: string): DesiredRule {
  return iptablesRule(family, "raw", "PREROUTING", `-i ${wire}+`, "-j CT --notrack");
}

/** A frame that passes a bridge is forwarded from the bridge to the bridge. */
function wireAcceptRule(family: Family, wire: string): DesiredRule {
  return {
    ...iptablesRule(family, "filter", "FORWARD", `-i ${wire}+ -o ${wire}+`, "-j ACCEPT"),
    position: "first",
  };
}

/** What the fabric sends leaves, and answers come back; who may open connections to it is the host's decision. */
function hostBridgeRules({ bridge }: HostPlan): readonly DesiredRule[] {
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

function ownSnatRule({ prefix, snatAddress }: FirewallNeeds): DesiredRule {
  return nftRule(
    { family: "ip", table: RULE_COMMENT, name: "postrouting" },
    `snat ${prefix} to ${snatAddress}`,
    `ip saddr ${prefix} ip daddr != ${prefix} snat to ${snatAddress}`,
  );
}

function ownNotrackRule(family: Family, wire: string): DesiredRule {
  return nftRule(
    { family, table: RULE_COMMENT, name: "prerouting" },
    `notrack ${wire}*`,
    `iifname "${wire}*" notrack`,
  );
}

/** By their group, since not every kernel can tell in which bridge a frame is (CONFIG_NFT_BRIDGE_META). */
const FRAMES_OF_TAPS = [
  ["accept from taps", "iifgroup"],
  ["accept to taps", "oifgroup"],
] as const;

function nftAcceptRules(needs: FirewallNeeds, chain: NftChain): readonly DesiredRule[] {
  const { bridge, wireBridgeNamePrefixes: wires } = needs.host;
  if (chain.family === "bridge") {
    return FRAMES_OF_TAPS.map(([identity, match]) =>
      nftRule(chain, identity, `${match} ${LINK_GROUP} accept`),
    );
  }
  const forWires = seesFrames(needs, chain)
    ? wires.map((wire) =>
        nftRule(chain, `accept on ${wire}*`, `iifname "${wire}*" oifname "${wire}*" accept`),
      )
    : [];
  const forHostBridge = [
    nftRule(chain, `accept from ${bridge}`, `iifname "${bridge}" accept`),
    nftRule(chain, `accept answers to ${bridge}`, `oifname "${bridge}" ct state established,related accept`),
  ];
  // The fabric's IPv6 does not leave it by the host.
  return chain.family === "ip6" ? forWires : [...forWires, ...forHostBridge];
}

/** Whether frames that only pass a bridge come by a chain of IP packets. */
function seesFrames({ bridgeNetfilter }: FirewallNeeds, { family }: NftChain): boolean {
  return (family !== "ip6" && bridgeNetfilter.ip) || (family !== "ip" && bridgeNetfilter.ip6);
}

function nftRule(
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

/** Chains of others that drop what is forwarded, besides those that iptables looks after. */
function droppingChains(
  { nft }: ObservedFirewall,
  isHandled: (chain: NftChain) => boolean,
): readonly NftChain[] {
  return (nft?.chains ?? []).filter(
    (chain) =>
      chain.hook === "forward" &&
      chain.policy === "drop" &&
      ["ip", "ip6", "inet", "bridge"].includes(chain.family) &&
      !isHandled(chain),
  );
}

/** iptables of the nf_tables kind keeps its tables where nft shows them, too. */
function isIptablesForward(family: Family, chain: NftChain): boolean {
  return chain.family === family && chain.table === "filter" && chain.name === "FORWARD";
}
