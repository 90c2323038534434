import { randomInt } from "node:crypto";
import type { Settings } from "../config/settings.ts";
import type { Host } from "../system/host.ts";
import { statePaths } from "./state-paths.ts";

/** Passwords for access to a switch's console from outside. */
export interface ConsolePasswords {
  readonly vnc: string;
  readonly bmc: string;
}

type PasswordKeys = Pick<Settings, "stateDir" | "vncPassword" | "bmcPassword">;

/**
 * Returns the configured passwords, or else random ones, which are generated once and kept. They are never the root
 * password: emulators and BMCs need their passwords in plain text, and a BMC sends a hash of its own to anyone who
 * requests it (IPMI 2.0, section 13.31).
 */
export async function ensureConsolePasswords(host: Host, settings: PasswordKeys): Promise<ConsolePasswords> {
  const paths = statePaths(settings.stateDir);
  await host.makeDirectory(paths.identity, 0o700);
  return {
    vnc: settings.vncPassword || (await ensurePassword(host, paths.vncPassword, VNC_LENGTH)),
    bmc: settings.bmcPassword || (await ensurePassword(host, paths.bmcPassword, BMC_LENGTH)),
  };
}

/** Returns the same without generating any: null for one that was not generated yet. */
export async function readConsolePasswords(
  host: Host,
  settings: PasswordKeys,
): Promise<Readonly<Record<keyof ConsolePasswords, string | null>>> {
  const paths = statePaths(settings.stateDir);
  const read = async (path: string) => (await host.readFile(path))?.trim() ?? null;
  return {
    vnc: settings.vncPassword || (await read(paths.vncPassword)),
    bmc: settings.bmcPassword || (await read(paths.bmcPassword)),
  };
}

/** VNC uses the first 8 characters only (RFC 6143, section 7.2.2). */
const VNC_LENGTH = 8;
const BMC_LENGTH = 16;
/** Without characters that are easily confused. */
const ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";

async function ensurePassword(host: Host, path: string, length: number): Promise<string> {
  const kept = (await host.readFile(path))?.trim() ?? "";
  if (kept !== "") {
    return kept;
  }
  const made = Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  await host.writeFile(path, `${made}\n`, 0o600);
  return made;
}
