import { CommandError } from "../../errors.ts";
import type { InterfaceName } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";

/** Where a frame came to its end. */
export interface Drop {
  /** `bridge`, `inet`, `ip`, … */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** The rule as nft prints it; null where it was the chain's policy. */
  readonly rule: string | null;
  /** Whether the kernel knew by then where the frame leaves, as rules for what is forwarded do. */
  readonly isForwarded: boolean;
}

const TABLE = "ikvswitch-probe";
const SECONDS = 4;

/**
 * Have nft tell which rule drops what comes in by a port (nft(8), "monitor trace") while frames are sent.
 * @returns null where it can't tell: without nft, and where iptables-legacy, ebtables or tc drop.
 */
export async function findDrop(
  host: Host,
  port: InterfaceName,
  send: () => Promise<unknown>,
): Promise<Drop | null> {
  const lines = [
    `add table bridge ${TABLE}`,
    `add chain bridge ${TABLE} trace { type filter hook prerouting priority -400 ; }`,
    `add rule bridge ${TABLE} trace iifname "${port}" meta nftrace set 1`,
  ];
  try {
    await host.run({ file: "nft", args: ["-f", "-"], input: `${lines.join("\n")}\n` });
  } catch (error) {
    if (error instanceof CommandError) {
      return null;
    }
    throw error;
  }
  try {
    // 124: what timeout(1) ends with, as it always does here.
    const monitor = host.run(
      { file: "timeout", args: [String(SECONDS), "nft", "monitor", "trace"] },
      { okExitCodes: [1, 124] },
    );
    const [{ stdout }] = await Promise.all([monitor, send()]);
    return parseTrace(stdout);
  } finally {
    await host.run({ file: "nft", args: ["delete", "table", "bridge", TABLE] }, { okExitCodes: [1] });
  }
}

/** The first drop that a trace tells of. */
export function parseTrace(text: string): Drop | null {
  const pattern = /^trace id (\S+) (\S+) (\S+) (\S+) (?:rule (.*) \(verdict drop\)|policy drop) *$/m;
  const found = pattern.exec(text);
  const [, id = "", family = "", table = "", chain = "", rule] = found ?? [];
  if (found === null) {
    return null;
  }
  // The frame, as the last chain that hangs on a hook got it.
  const frame = text
    .slice(0, found.index)
    .split("\n")
    .findLast((line) => line.startsWith(`trace id ${id} ${family} ${table} `) && line.includes(" packet: "));
  return { family, table, chain, rule: rule?.trim() ?? null, isForwarded: / oif "/.test(frame ?? "") };
}
