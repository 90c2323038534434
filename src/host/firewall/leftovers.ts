import type { Host } from "../../system/host.ts";
import type { Action } from "../model/actions.ts";
import type { ObservedFirewall } from "../model/firewall.ts";
import { nftScript } from "./commands.ts";

/** Tables and chains (`family table chain`) that are not iptables' own doing on our behalf. */
export interface FirewallBefore {
  readonly tables: readonly string[];
  readonly chains: readonly string[];
}

/**
 * iptables of the nf_tables kind makes the table and the chain of a rule that is added, and leaves both behind
 * when the rule is deleted. The commands that remove those which were not there before, once our rules are gone,
 * and which nobody else has come to use.
 *
 * nft refuses to delete a chain that holds a rule, and does all lines of a script or none: should someone add a
 * rule in the meantime, nothing happens to it.
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

/** Those that our rules are in. */
const IPTABLES_TABLES = ["ip raw", "ip mangle", "ip nat", "ip filter", "ip6 raw", "ip6 filter"];
/** The chains that iptables makes by itself. */
const BUILT_IN_CHAINS = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

function isIn(table: string, chain: { readonly family: string; readonly table: string }): boolean {
  return `${chain.family} ${chain.table}` === table;
}

interface TableContent {
  readonly chain?: { readonly name: string; readonly policy?: string };
  readonly rule?: { readonly chain: string };
}

/** All that is in a table, by nft's JSON. */
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

/** A table that someone else has come to use stays. */
function tolerant(action: Action): Action {
  return action.kind === "run" ? { kind: "notify", command: action.command } : action;
}
