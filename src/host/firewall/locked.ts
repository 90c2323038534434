import type { MissingRequirement } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import type { ObservedFirewall } from "../model/firewall.ts";

/** Remedy that lets us add rules to a table that only its owner may change. */
export const UNLOCK =
  "let other programs change the table (firewalld: set NftablesTableOwner=no in /etc/firewalld/firewalld.conf and restart firewalld), then start again";

/**
 * Returns the firewalls of this host that drop forwarded packets, accept no rule of ours, and have no rule of their own
 * for the fabric's bridge: no packet of the fabric leaves the host.
 */
export async function lockedFirewalls(
  host: Host,
  { host: { bridge } }: Fabric,
  { nft }: ObservedFirewall,
): Promise<readonly MissingRequirement[]> {
  const dropping = (nft?.chains ?? []).filter(
    ({ family, hook, policy, locked }) =>
      locked && hook === "forward" && policy === "drop" && ["ip", "inet"].includes(family),
  );
  const tables = [...new Set(dropping.map(({ family, table }) => `${family} ${table}`))];
  const rules = await Promise.all(tables.map((table) => listTable(host, table)));
  return tables
    .filter((_, index) => !rules[index]?.includes(`"${bridge}"`))
    .map((table) => ({
      what: `nft table ${table} drops packets from ${bridge}, and only its owner may add rules`,
      why: "the fabric's traffic to the outside does not leave this host",
      fix: `accept packets from ${bridge} in that table (firewalld: firewall-cmd --zone=trusted --add-interface=${bridge}, and the same with --permanent), or ${UNLOCK}`,
    }));
}

/** Lists the rules of a table; none if it vanished since. */
async function listTable(host: Host, table: string): Promise<string> {
  const args = ["list", "table", ...table.split(" ")];
  return (await host.run({ file: "nft", args }, { okExitCodes: [1] })).stdout;
}
