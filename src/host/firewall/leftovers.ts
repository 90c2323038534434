import type { Host } from "../../system/host.ts";
import type { Action } from "../model/actions.ts";
import type { ObservedFirewall } from "../model/firewall.ts";
import { nftScript } from "./commands.ts";

/** Tables and chains (`family table chain`) of the firewall before iptables created others for our rules. */
export interface FirewallBefore {
  readonly tables: readonly string[];
  readonly chains: readonly string[];
}

/**
 * Returns the commands that remove the tables and chains left behind by our rules: those that did not exist before, and
 * that others do not use now. iptables-nft creates the table and the chain for a new rule, and keeps both when the rule
 * is deleted.
 *
 * nft refuses to delete a chain that holds a rule, and runs all lines of a script or none: a rule that others add in
 * the meantime is not affected.
 */
export async function leftoverActions(
  host: Host,
  { iptables, nft }: ObservedFirewall,
  before: FirewallBefore | null,
): Promise<readonly Action[]> {
  if (iptables === null || nft === null || before === null) {
    return [];
  }
  const tables = IPTABLES_TABLES.filter((table) => nft.tables.includes(table));
  const ours = [...iptables.ip.rules, ...iptables.ip6.rules].map(
    ({ family, table, chain }) => `${family} ${table} ${chain}`,
  );
  const scripts = await Promise.all(
    tables
      .filter((table) =>
        nft.chains.some((c) => isIn(table, c) && !before.chains.includes(`${table} ${c.name}`)),
      )
      .map(async (table) => leftoverLines(table, await listTable(host, table), ours, before)),
  );
  return scripts.flatMap(nftScript).map(tolerant);
}

/** Tables that our rules are in. */
const IPTABLES_TABLES = ["ip", "ip6"].flatMap((family) =>
  ["raw", "mangle", "nat", "filter"].map((table) => `${family} ${table}`),
);
/** Chains that iptables creates by itself. */
const BUILT_IN_CHAINS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

function isIn(table: string, chain: { readonly family: string; readonly table: string }): boolean {
  return `${chain.family} ${chain.table}` === table;
}

interface TableContent {
  readonly chain?: { readonly name: string; readonly policy?: string };
  readonly rule?: { readonly chain: string };
}

/** Returns the content of a table, from nft's JSON. */
async function listTable(host: Host, table: string): Promise<readonly TableContent[]> {
  const { stdout } = await host.run(
    { file: "nft", args: ["-j", "list", "table", ...table.split(" ")] },
    { okExitCodes: [1] },
  );
  const document: { readonly nftables: readonly Record<string, unknown>[] } = JSON.parse(
    stdout || '{"nftables":[]}',
  );
  return document.nftables.filter((object) => !("metainfo" in object) && !("table" in object));
}

function leftoverLines(
  table: string,
  content: readonly TableContent[],
  ourRules: readonly string[],
  before: FirewallBefore,
): readonly string[] {
  const isLeftover = ({ chain }: TableContent) =>
    chain !== undefined &&
    BUILT_IN_CHAINS.includes(chain.name) &&
    chain.policy === "accept" &&
    !before.chains.includes(`${table} ${chain.name}`) &&
    countRules(content, chain.name) === ourRules.filter((place) => place === `${table} ${chain.name}`).length;
  const chains = content.flatMap((object) => (isLeftover(object) && object.chain ? [object.chain.name] : []));
  const isAllOurs = content.every(
    ({ chain, rule }) => chains.includes(chain?.name ?? "") || chains.includes(rule?.chain ?? ""),
  );
  return [
    ...chains.map((chain) => `delete chain ${table} ${chain}`),
    ...(isAllOurs && !before.tables.includes(table) ? [`delete table ${table}`] : []),
  ];
}

function countRules(content: readonly TableContent[], chain: string): number {
  return content.filter(({ rule }) => rule?.chain === chain).length;
}

/** Tolerates a failure of the command: a table that others have begun to use stays. */
function tolerant(action: Action): Action {
  return action.kind === "run" ? { kind: "notify", command: action.command } : action;
}
