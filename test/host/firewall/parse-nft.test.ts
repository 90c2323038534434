import { describe, expect, it } from "vitest";
import { firewallActions } from "../../../src/host/firewall/commands.ts";
import {
  endsInDrop,
  filtersReversePath,
  parseNftChains,
  parseNftRules,
  parseNftTables,
} from "../../../src/host/firewall/parse-nft.ts";
import { formatPhases } from "../../../src/host/format.ts";

/** The expression `fib saddr . mark . iif oif missing`. */
const FIB = {
  match: { op: "==", left: { fib: { result: "oif", flags: ["saddr", "mark", "iif"] } }, right: false },
};

describe("the output of nft", () => {
  const listing = [
    {
      nftables: [
        { metainfo: { version: "1.0.6" } },
        { table: { family: "inet", name: "filter", handle: 1 } },
      ],
    },
    {
      nftables: [
        { chain: { family: "inet", table: "filter", name: "helper", handle: 1 } },
        {
          chain: {
            family: "inet",
            table: "filter",
            name: "forward",
            handle: 2,
            type: "filter",
            hook: "forward",
            prio: 0,
            policy: "drop",
          },
        },
      ],
    },
  ]
    .map((document) => JSON.stringify(document))
    .join("\n");

  it("yields tables, and chains with a hook", () => {
    expect(parseNftTables(listing)).toEqual(["inet filter"]);
    expect(parseNftChains(listing)).toEqual([
      { family: "inet", table: "filter", name: "forward", hook: "forward", policy: "drop", locked: false },
    ]);
    const locked = (flags: unknown) =>
      parseNftChains(listing.replace('"handle":1}', `"handle":1,"flags":${JSON.stringify(flags)}}`))[0]
        ?.locked;
    // "Lester Gooch #5" is the output of nft 1.0.6 for a table with only the flag `owner`.
    expect(["owner", ["owner", "persist"], "Lester Gooch #5", "dormant"].map(locked)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([
    [[{ reject: { type: "icmpx", expr: "admin-prohibited" } }], true],
    [[{ counter: { packets: 1, bytes: 2 } }, { log: null }, { drop: null }], true],
    [[{ match: { op: "==", left: { meta: { key: "iifname" } }, right: "eth1" } }, { drop: null }], false],
    [[{ jump: { target: "others" } }], false],
    [[{ accept: null }], false],
  ])("shows if a chain's last rule, %j, drops everything: %s", (expr, expected) => {
    const rules = [{ rule: { handle: 4, expr: [{ accept: null }] } }, { rule: { handle: 5, expr } }];
    expect(endsInDrop(JSON.stringify({ nftables: rules }))).toBe(expected);
    expect(endsInDrop("")).toBe(false);
  });

  it.each([
    [[{ match: { op: "==", left: { meta: { key: "nfproto" } }, right: "ipv6" } }, FIB, { drop: null }], true],
    [[FIB, { log: { prefix: "rpfilter_DROP: " } }], false],
    [[{ match: { op: "==", left: { meta: { key: "iifname" } }, right: "eth1" } }, { drop: null }], false],
  ])("shows if a rule, %j, filters by reverse path: %s", (expr, expected) => {
    const rules = [{ rule: { handle: 4, expr } }, { rule: { handle: 5, expr: [{ accept: null }] } }];
    expect(filtersReversePath(JSON.stringify({ nftables: rules }))).toBe(expected);
  });

  it("yields only ikvswitch's rules, with their handles for deletion", () => {
    const place = { family: "inet", table: "filter", chain: "forward" };
    const rules = [
      { rule: { ...place, handle: 4, expr: [] } },
      { rule: { ...place, handle: 5, comment: "ikvswitches are nice", expr: [] } },
      { rule: { ...place, handle: 6, comment: "ikvswitch accept from ikhb", expr: [] } },
      { rule: { ...place, handle: 7, comment: "ikvswitch_lab accept from labhb", expr: [] } },
    ];
    const [rule, second, ...others] = parseNftRules(JSON.stringify({ nftables: rules }));
    expect(others).toEqual([]);
    expect(rule).toEqual({
      backend: "nft",
      ...place,
      owner: "ikvswitch",
      identity: "accept from ikhb",
      statement: "handle 6",
    });
    expect(second).toMatchObject({ owner: "ikvswitch_lab", identity: "accept from labhb" });
    expect(formatPhases([{ title: "", actions: firewallActions(rule ? [rule] : [], []) }]).slice(3)).toBe(
      "nft -f - <<'END'\ndelete rule inet filter forward handle 6\nEND",
    );
  });
});
