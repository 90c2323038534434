/**
 * A rule of ours. It lies in a table of iptables where that is installed; otherwise in a table of our own, which
 * nft makes. Where a chain of someone else's nft table would drop what passes our bridges, it is a rule in that
 * chain, because an accept elsewhere can't overrule a drop.
 */
export interface FirewallRule {
  readonly backend: "iptables" | "nft";
  /** `ip` or `ip6`; for nft also `inet` and `bridge`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /**
   * Tells our rules of one chain apart. For iptables, match and target as iptables-save prints them, without the
   * comment: `-i ikeb+ -j CT --notrack`. For nft, which prints a rule differently from version to version, what
   * stands in the comment after our name: `notrack ikeb*`.
   */
  readonly identity: string;
}

export interface DesiredRule extends FirewallRule {
  /** Match, comment and verdict in the words of the firewall's tool. */
  readonly statement: string;
  /** Exceptions from a chain's drops come first. */
  readonly position: "first" | "last";
}

export interface ObservedRule extends FirewallRule {
  /** By what the firewall's tool finds the rule to delete it: the same words again, or nft's handle. */
  readonly statement: string;
}

/** Equal for the same rule planned and observed. */
export function ruleKey(rule: FirewallRule): string {
  return [rule.backend, rule.family, rule.table, rule.chain, rule.identity].join(" ");
}

export function formatRule(rule: FirewallRule): string {
  return `${rule.backend} rule in ${rule.family} ${rule.table} ${rule.chain}: ${rule.identity}`;
}
