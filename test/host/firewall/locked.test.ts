import { expect, it } from "vitest";
import { lockedFirewalls } from "../../../src/host/firewall/locked.ts";
import type { NftChain } from "../../../src/host/model/firewall.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { openFirewall, smallFabric } from "../network.ts";

/** The chain of firewalld 2.3. */
const CHAIN: NftChain = {
  family: "inet",
  table: "firewalld",
  name: "filter_FORWARD",
  hook: "forward",
  policy: "drop",
  locked: true,
};

/** @param rules the listing of its table by nft */
function closedWays(chain: Partial<NftChain>, rules = "") {
  const host = { ...localHost(), run: async () => ({ exitCode: 0, stdout: rules, stderr: "" }) };
  const nft = { tables: [], rules: [], chains: [{ ...CHAIN, ...chain }] };
  return lockedFirewalls(host, smallFabric, { ...openFirewall, nft });
}

it("a firewall that drops forwarded packets and accepts no rules of others is reported, with the fix", async () => {
  const [told, ...others] = await closedWays({});
  expect(others).toEqual([]);
  expect(told?.what).toContain("nft table inet firewalld drops packets from ikhb");
  expect(told?.fix).toContain("firewall-cmd --zone=trusted --add-interface=ikhb");
  expect(told?.fix).toContain("NftablesTableOwner=no");
});

it("a firewall that names the fabric's bridge, accepts rules of others, or accepts all packets is not reported", async () => {
  expect(await closedWays({}, 'iifname "ikhb" jump filter_FWD_trusted')).toEqual([]);
  expect(await closedWays({ locked: false })).toEqual([]);
  expect(await closedWays({ policy: "accept" })).toEqual([]);
  expect(await closedWays({ hook: "input" })).toEqual([]);
});
