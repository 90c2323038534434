import { CommandError } from "../../errors.ts";
import type { InterfaceName } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";

/** Place where a frame was dropped. */
export interface Drop {
  /** `bridge`, `inet`, `ip`, … */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** The rule as nft prints it; null if the chain's policy dropped the frame. */
  readonly rule: string | null;
  /** True if the kernel already knew the outgoing interface, as rules for forwarded packets require. */
  readonly isForwarded: boolean;
}

const TABLE = "ikvswitch-probe";
const SECONDS = 4;

/**
 * Finds the rule that drops frames received on a port: nft traces them (nft(8), "monitor trace") while they are sent.
 * @returns null if nft can't report it: it is not installed, or iptables-legacy, ebtables or tc drop the frames.
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
    // 124: exit code of timeout(1) at the time limit, which always ends this command.
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

/** Returns the first drop in a trace. */
export function parseTrace(text: string): Drop | null {
  const pattern = /^trace id (\S+) (\S+) (\S+) (\S+) (?:rule (.*) \(verdict drop\)|policy drop) *$/m;
  const found = pattern.exec(text);
  const [, id = "", family = "", table = "", chain = "", rule] = found ?? [];
  if (found === null) {
    return null;
  }
  // The frame, as received by the last chain attached to a hook.
  const frame = text
    .slice(0, found.index)
    .split("\n")
    .findLast((line) => line.startsWith(`trace id ${id} ${family} ${table} `) && line.includes(" packet: "));
  return { family, table, chain, rule: rule?.trim() ?? null, isForwarded: / oif "/.test(frame ?? "") };
}
