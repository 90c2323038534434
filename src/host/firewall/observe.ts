import type { Host } from "../../system/host.ts";
import { runIfInstalled } from "../../system/run-if-installed.ts";
import type { NftChain, NftView, ObservedFirewall } from "../model/firewall.ts";
import { isOwnTable } from "../model/ownership.ts";
import { parseIptablesSave } from "./parse-iptables-save.ts";
import {
  endsInDrop,
  filtersReversePath,
  parseNftChains,
  parseNftRules,
  parseNftTables,
} from "./parse-nft.ts";

export async function observeFirewall(host: Host): Promise<ObservedFirewall> {
  const [ip, ip6, nft] = await Promise.all([
    runIfInstalled(host, { file: "iptables-save", args: [] }),
    runIfInstalled(host, { file: "ip6tables-save", args: [] }),
    observeNft(host),
  ]);
  return {
    iptables:
      ip === undefined
        ? null
        : { ip: parseIptablesSave("ip", ip.stdout), ip6: parseIptablesSave("ip6", ip6?.stdout ?? "") },
    nft,
  };
}

/** Reads the chains first, and then only the rules of those that may hold some of ours: rule sets can be huge. */
async function observeNft(host: Host): Promise<NftView | null> {
  // Exit code 1: a kernel without nf_tables, where iptables-legacy manages the firewall.
  const command = { file: "nft", args: ["-j", "list tables; list chains"] };
  const listing = await runIfInstalled(host, command, { okExitCodes: [1] });
  if (listing === undefined || listing.exitCode !== 0) {
    return null;
  }
  const chains = parseNftChains(listing.stdout);
  const listed = await Promise.all(
    chains.map(async (chain) => ({ chain, json: mayHoldOurs(chain) ? await listRules(host, chain) : "" })),
  );
  return {
    tables: parseNftTables(listing.stdout),
    chains: listed.map(({ chain, json }) => (drops(chain, json) ? { ...chain, policy: "drop" } : chain)),
    rules: listed.flatMap(({ json }) => parseNftRules(json)),
  };
}

function mayHoldOurs(chain: NftChain): boolean {
  return isOwnTable(chain.table) || ["forward", "prerouting"].includes(chain.hook);
}

function drops({ hook }: NftChain, json: string): boolean {
  return endsInDrop(json) || (hook === "prerouting" && filtersReversePath(json));
}

/** Lists the rules of a chain; none if it vanished since. */
async function listRules(host: Host, { family, table, name }: NftChain): Promise<string> {
  const args = ["-j", "-a", "list", "chain", family, table, name];
  const { exitCode, stdout } = await host.run({ file: "nft", args }, { okExitCodes: [1] });
  return exitCode === 0 ? stdout : "";
}
