import type { ObservedRule } from "./firewall-rules.ts";

/** IP versions, as nft names them. iptables has a separate program for each. */
export type Family = "ip" | "ip6";

/** The firewall, as far as it concerns us. */
export interface ObservedFirewall {
  /** null where iptables is not installed. */
  readonly iptables: Readonly<Record<Family, IptablesView>> | null;
  /** null where nft is not installed or the kernel has no nf_tables. */
  readonly nft: NftView | null;
}

export interface IptablesView {
  /** True if forwarded packets that match no rule are dropped or rejected. */
  readonly forwardDrops: boolean;
  /** Rules with our comment. */
  readonly rules: readonly ObservedRule[];
}

export interface NftView {
  /** Every table as `family name`, including those of iptables, which nft shows, too. */
  readonly tables: readonly string[];
  /** Every chain attached to a hook. */
  readonly chains: readonly NftChain[];
  /** Rules with our comment, in any table. */
  readonly rules: readonly ObservedRule[];
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook: string;
  /**
   * Verdict on a packet that matches no other rule: the chain's policy, or a last rule for everything. Also `drop` for
   * a chain before routing that filters by reverse path, because no packet on our links passes that filter.
   */
  readonly policy: "accept" | "drop";
  /** True if the table is owned by a program, so that no other may change it (firewalld's since 2.3). */
  readonly locked: boolean;
}
