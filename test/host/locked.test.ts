import { expect, it } from "vitest";
import { lockedFirewalls } from "../../src/host/firewall/locked.ts";
import type { NftChain } from "../../src/host/model/firewall.ts";
import { localHost } from "../../src/system/local-host.ts";
import { openFirewall, smallFabric } from "./network.ts";

/** As firewalld 2.3 has it. */
const CHAIN: NftChain = {
  family: "inet",
  table: "firewalld",
  name: "filter_FORWARD",
  hook: "forward",
  policy: "drop",
  locked: true,
};

/** @param rules what nft lists of its table */
function closedWays(chain: Partial<NftChain>, rules = "") {
  const host = { ...localHost(), run: async () => ({ exitCode: 0, stdout: rules, stderr: "" }) };
  const nft = { tables: [], rules: [], chains: [{ ...CHAIN, ...chain }] };
  return lockedFirewalls(host, smallFabric, { ...openFirewall, nft });
}

it("a firewall that drops what is forwarded and takes no rule of ours is told, with what opens it", async () => {
  const [told, ...others] = await closedWays({});
  expect(others).toEqual([]);
  expect(told?.what).toContain("nft table inet firewalld drops what comes from ikhb");
  expect(told?.fix).toContain("firewall-cmd --zone=trusted --add-interface=ikhb");
  expect(told?.fix).toContain("NftablesTableOwner=no");
});

it("one that names the fabric's bridge, takes our rules, or lets all pass is none", async () => {
  expect(await closedWays({}, 'iifname "ikhb" jump filter_FWD_trusted')).toEqual([]);
  expect(await closedWays({ locked: false })).toEqual([]);
  expect(await closedWays({ policy: "accept" })).toEqual([]);
  expect(await closedWays({ hook: "input" })).toEqual([]);
});
