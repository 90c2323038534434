import type { ObservedRule } from "./firewall-rules.ts";

/** The IP versions that iptables has a program each for, as nft names them. */
export type Family = "ip" | "ip6";

/** The firewall, as far as it concerns us. */
export interface ObservedFirewall {
  /** null where iptables is not installed. */
  readonly iptables: Readonly<Record<Family, IptablesView>> | null;
  /** null where nft is not installed or the kernel has no nf_tables. */
  readonly nft: NftView | null;
}

export interface IptablesView {
  /** Whether forwarded packets that no rule speaks of are dropped or rejected. */
  readonly forwardDrops: boolean;
  /** Rules with our comment. */
  readonly rules: readonly ObservedRule[];
}

export interface NftView {
  /** Every table as `family name`, for nft shows those of iptables, too. */
  readonly tables: readonly string[];
  /** Every chain that hangs on a hook. */
  readonly chains: readonly NftChain[];
  /** Rules with our comment, in whichever table. */
  readonly rules: readonly ObservedRule[];
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook: string;
  /**
   * What becomes of a packet that no rule speaks of: by the chain's policy, or by a last rule for everything. `drop` also
   * where a chain before routing filters by reverse path, since nothing on our links passes that.
   */
  readonly policy: "accept" | "drop";
  /** Whether its table is a program's own, which the kernel lets nobody else change (firewalld's since 2.3). */
  readonly locked: boolean;
}
