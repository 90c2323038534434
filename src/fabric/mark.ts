import { FABRICS, ROOT_HOME } from "../config/fabric-name.ts";
import type { Config } from "../config/types.ts";
import { Address } from "../net/address.ts";

/**
 * What tells a fabric's devices and firewall rules from those of other fabrics on the same host. It follows from the
 * fabric's folders, which are its own, so that every command knows it without asking the host.
 */
export interface FabricMark {
  /** 0 for the fabric in /run/ikvswitch, otherwise from 256 to 32767. */
  readonly number: number;
  /**
   * Link group of every device of the fabric, except the two bridges of `bridgeGroup`. One kernel operation removes a
   * whole group. Firewall rules match links by the group, so that foreign devices with similar names are not affected.
   */
  readonly linkGroup: number;
  /** Link group of the bridges whose traffic is the host's own, so that rules can tell them from the links. */
  readonly bridgeGroup: number;
  /** Comment on its firewall rules, name of its nft table, and beginning of the names of its files in shared folders. */
  readonly comment: string;
  /**
   * Alias of the host's own bridges: `ikvswitch:/var/lib/ikvswitch:/run/ikvswitch`. The kernel keeps it as long as the
   * bridge exists. Folders contain no colon.
   */
  readonly alias: string;
}

/** "ik" in ASCII. The groups of the default fabric are this and the next one, those of others have it in front. */
const DEFAULT_GROUP = 0x696b;
const PRODUCT = "ikvswitch";

export function fabricMark({ STATE_DIR, RUN_DIR }: Pick<Config, "STATE_DIR" | "RUN_DIR">): FabricMark {
  const number = fabricNumber(RUN_DIR);
  const linkGroup = number === 0 ? DEFAULT_GROUP : DEFAULT_GROUP * 0x10000 + 2 * number;
  return {
    number,
    linkGroup,
    bridgeGroup: linkGroup + 1,
    comment: number === 0 ? PRODUCT : `${PRODUCT}_${nameOfFolder(RUN_DIR) ?? number}`,
    alias: fabricAlias(STATE_DIR, RUN_DIR),
  };
}

/** Mark of the default fabric's devices and rules, and until November 2026 of those of every fabric. */
export const DEFAULT_MARK = fabricMark({ STATE_DIR: ROOT_HOME.stateDir, RUN_DIR: ROOT_HOME.runDir });

export function fabricAlias(stateDir: string, runDir: string): string {
  return [PRODUCT, stateDir, runDir].join(":");
}

/** Returns the folders of the fabric with this alias; null if the alias is not a fabric's. */
export function foldersOfAlias(
  alias: string | null,
): { readonly stateDir: string; readonly runDir: string } | null {
  const [, stateDir, runDir] = /^ikvswitch:([^:]+):([^:]+)$/.exec(alias ?? "") ?? [];
  return stateDir === undefined || runDir === undefined ? null : { stateDir, runDir };
}

/** Reports whether a link group may be one of a fabric. */
export function isFabricGroup(group: number): boolean {
  return (
    group === DEFAULT_GROUP || group === DEFAULT_GROUP + 1 || Math.floor(group / 0x10000) === DEFAULT_GROUP
  );
}

/** Numbers below this would give addresses that the default fabric uses. */
const FIRST_NUMBER = 256;
/** Link groups have 31 bits. */
const NUMBERS = 0x8000 - FIRST_NUMBER;

/** Returns a number that tells the fabric of this run directory from others: 0 for the default one. */
export function fabricNumber(runDir: string): number {
  return runDir === ROOT_HOME.runDir ? 0 : FIRST_NUMBER + (hash(runDir) % NUMBERS);
}

/** FNV-1a, of 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  }
  return value;
}

/** Returns NAME for /run/ikvswitch/fabrics/NAME. */
function nameOfFolder(runDir: string): string | undefined {
  const above = `${ROOT_HOME.runDir}/${FABRICS}/`;
  return runDir.startsWith(above) ? /^[a-z0-9-]+$/.exec(runDir.slice(above.length))?.[0] : undefined;
}

/**
 * Returns the loopback address for the inside of a BMC: 127.0.2.1 for the first one. All of 127.0.0.0/8 is the host
 * itself (RFC 1122, section 3.2.1.3).
 */
export function bmcInside(number: number, index: number): Address {
  return Address.from(
    number === 0 ? `127.0.2.${index + 1}` : `127.${number >> 8}.${number & 255}.${index + 1}`,
  );
}

/** Returns the loopback address of all BMCs that are not on their network. No BMC has it for its inside. */
export function bmcLoopback(number: number): Address {
  return Address.from(number === 0 ? "127.0.0.1" : `127.${number >> 8}.${number & 255}.254`);
}
