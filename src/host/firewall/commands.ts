import type { Action } from "../model/actions.ts";
import type { Family, NftChain } from "../model/firewall.ts";
import type { DesiredRule, FirewallRule, ObservedRule } from "../model/firewall-rules.ts";
import { isOwnTable } from "../model/ownership.ts";

/**
 * Returns the actions that add and remove rules of ours: at most one process per tool, which makes all changes or, per
 * table, none.
 */
export function firewallActions(
  remove: readonly ObservedRule[],
  add: readonly DesiredRule[],
): readonly Action[] {
  return [
    ...iptablesActions("ip", "iptables-restore", remove, add),
    ...iptablesActions("ip6", "ip6tables-restore", remove, add),
    ...nftActions(remove, add),
  ];
}

function iptablesActions(
  family: Family,
  file: string,
  remove: readonly ObservedRule[],
  add: readonly DesiredRule[],
): readonly Action[] {
  const isHere = (rule: FirewallRule) => rule.backend === "iptables" && rule.family === family;
  const tables = [...new Set([...remove, ...add].filter(isHere).map(({ table }) => table))];
  if (tables.length === 0) {
    return [];
  }
  const lines = tables.flatMap((table) => [
    `*${table}`,
    ...remove
      .filter((rule) => isHere(rule) && rule.table === table)
      .map(({ chain, statement }) => `-D ${chain} ${statement}`),
    ...add
      .filter((rule) => isHere(rule) && rule.table === table)
      .map(({ chain, statement, position }) =>
        position === "first" ? `-I ${chain} 1 ${statement}` : `-A ${chain} ${statement}`,
      ),
    "COMMIT",
  ]);
  // Without --noflush it would replace whole tables. --wait: another process may hold the lock of iptables-legacy.
  return [
    {
      kind: "run",
      command: { file, args: ["--noflush", `--wait=${LOCK_TIMEOUT_S}`], input: `${lines.join("\n")}\n` },
    },
  ];
}

const LOCK_TIMEOUT_S = 10;

function nftActions(remove: readonly ObservedRule[], add: readonly DesiredRule[]): readonly Action[] {
  const added = add.filter(({ backend }) => backend === "nft");
  const own = added.filter(({ table }) => isOwnTable(table));
  const place = ({ family, table, chain }: FirewallRule) => `${family} ${table} ${chain}`;
  return nftScript([
    ...new Set(own.flatMap(({ family, table, chain }) => ownChainLines(family, table, chain))),
    ...remove
      .filter(({ backend }) => backend === "nft")
      .map((rule) => `delete rule ${place(rule)} ${rule.statement}`),
    ...added.map(
      (rule) => `${rule.position === "first" ? "insert" : "add"} rule ${place(rule)} ${rule.statement}`,
    ),
  ]);
}

/** Chains of our own table, with their hooks. */
const OWN_CHAINS: Readonly<Record<string, string>> = {
  postrouting: "type nat hook postrouting priority 100",
  prerouting: "type filter hook prerouting priority -300",
  input: "type filter hook input priority -150",
  forward: "type filter hook forward priority -150",
};

/** Returns the lines that create the table and the chain. They have no effect if these exist. */
function ownChainLines(family: string, table: string, chain: string): readonly string[] {
  return [`add table ${family} ${table}`, `add chain ${family} ${table} ${chain} { ${OWN_CHAINS[chain]} ; }`];
}

/**
 * Returns the actions that remove tables of our own with all their content.
 * @param names of the fabric's tables.
 */
export function removeOwnTables(chains: readonly NftChain[], names: readonly string[]): readonly Action[] {
  const tables = chains.filter(({ table }) => names.includes(table));
  return nftScript([...new Set(tables.map(({ family, table }) => `delete table ${family} ${table}`))]);
}

/** Returns one action that runs all lines in one transaction. */
export function nftScript(lines: readonly string[]): readonly Action[] {
  return lines.length === 0
    ? []
    : [{ kind: "run", command: { file: "nft", args: ["-f", "-"], input: `${lines.join("\n")}\n` } }];
}
