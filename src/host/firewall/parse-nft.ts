import { fieldsOf } from "../../untrusted-json.ts";
import type { NftChain } from "../model/firewall.ts";
import type { ObservedRule } from "../model/firewall-rules.ts";
import { OWN_COMMENT } from "../model/ownership.ts";

interface NftObject {
  readonly table?: {
    readonly family: string;
    readonly name: string;
    readonly flags?: string | readonly string[];
  };
  readonly chain?: {
    readonly family: string;
    readonly table: string;
    readonly name: string;
    readonly hook?: string;
    readonly policy?: string;
  };
  readonly rule?: {
    readonly family: string;
    readonly table: string;
    readonly chain: string;
    readonly handle: number;
    readonly comment?: string;
    readonly expr?: readonly Readonly<Record<string, unknown>>[];
  };
}

/** Returns the tables as `family name`. */
export function parseNftTables(json: string): readonly string[] {
  return nftObjects(json).flatMap(({ table }) =>
    table === undefined ? [] : [`${table.family} ${table.name}`],
  );
}

/** Returns the chains attached to a hook, from `nft -j list chains`. */
export function parseNftChains(json: string): readonly NftChain[] {
  const objects = nftObjects(json);
  const locked = objects.flatMap(({ table }) =>
    table !== undefined && [table.flags ?? []].flat().some(isOwners) ? [`${table.family} ${table.name}`] : [],
  );
  return objects.flatMap(({ chain }) =>
    chain?.hook === undefined
      ? []
      : [
          {
            family: chain.family,
            table: chain.table,
            name: chain.name,
            hook: chain.hook,
            policy: chain.policy === "drop" ? ("drop" as const) : ("accept" as const),
            locked: locked.includes(`${chain.family} ${chain.table}`),
          },
        ],
  );
}

/** Reports whether a table's flag is `owner`, or implies it. nft 1.0.6 prints a wrong word for a table's only flag. */
function isOwners(flag: string): boolean {
  return flag !== "dormant";
}

/**
 * Reports whether the last rule drops or rejects all remaining packets, from the output of `nft -j -a list chain …`.
 */
export function endsInDrop(json: string): boolean {
  const last = nftObjects(json).findLast(({ rule }) => rule !== undefined)?.rule?.expr ?? [];
  const words = last.flatMap((statement) => Object.keys(statement));
  return (
    words.some((word) => ["drop", "reject"].includes(word)) &&
    words.every((word) => ["drop", "reject", "counter", "log"].includes(word))
  );
}

/**
 * Reports whether a rule drops packets without a route back over the device that they arrived on, from the output of
 * `nft -j -a list chain …`. Packets on our links have none, since their bridges have no address. firewalld has such a
 * rule for IPv6.
 */
export function filtersReversePath(json: string): boolean {
  return nftObjects(json).some(({ rule }) => {
    const expressions = rule?.expr ?? [];
    return expressions.some((each) => "drop" in each) && expressions.some((each) => isFib(each.match));
  });
}

function isFib(match: unknown): boolean {
  const { left } = fieldsOf(match);
  return fieldsOf(left).fib !== undefined;
}

/** Returns our rules, found by their comment, from `nft -j -a list chain …` or `nft -j -a list table …`. */
export function parseNftRules(json: string): readonly ObservedRule[] {
  const comment = new RegExp(`^(${OWN_COMMENT.source}) (.*)$`);
  return nftObjects(json).flatMap(({ rule }) => {
    const [, owner, identity] = comment.exec(rule?.comment ?? "") ?? [];
    return rule !== undefined && owner !== undefined && identity !== undefined
      ? [
          {
            backend: "nft" as const,
            family: rule.family,
            table: rule.table,
            chain: rule.chain,
            owner,
            identity,
            statement: `handle ${rule.handle}`,
          },
        ]
      : [];
  });
}

/** Parses one document per list command, each on a line of its own. Their format is that of libnftables-json(5). */
function nftObjects(json: string): readonly NftObject[] {
  return json
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => {
      const document: { readonly nftables: readonly NftObject[] } = JSON.parse(line);
      return document.nftables;
    });
}
