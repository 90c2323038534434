/**
 * A firewall rule of ours. It is in a table of iptables if that is installed; otherwise in a table of our own, which
 * nft makes. If a chain of a foreign nft table would drop frames on our bridges, the rule is in that chain, because an
 * accept elsewhere can't overrule a drop.
 */
export interface FirewallRule {
  readonly backend: "iptables" | "nft";
  /** `ip` or `ip6`; for nft also `inet` and `bridge`. */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /**
   * Distinguishes our rules within a chain. For iptables: match and target as iptables-save prints them, without the
   * comment: `-i ikeb+ -j CT --notrack`. For nft, which prints rules differently from version to version: the text
   * after our name in the rule's comment: `notrack ikeb*`.
   */
  readonly identity: string;
  /** The fabric's comment: see FabricMark. */
  readonly owner: string;
}

export interface DesiredRule extends FirewallRule {
  /** Match, comment and verdict in the syntax of the firewall's tool. */
  readonly statement: string;
  /** Exceptions from a chain's drops come first. */
  readonly position: "first" | "last";
}

export interface ObservedRule extends FirewallRule {
  /** Text by which the firewall's tool finds the rule to delete: the same statement again, or nft's handle. */
  readonly statement: string;
}

/** Returns a key that is equal for a planned rule and the same rule observed. */
export function ruleKey(rule: FirewallRule): string {
  return [rule.backend, rule.family, rule.table, rule.chain, rule.owner, rule.identity].join(" ");
}

export function formatRule(rule: FirewallRule): string {
  return `${rule.backend} rule in ${rule.family} ${rule.table} ${rule.chain}: ${rule.identity}`;
}
