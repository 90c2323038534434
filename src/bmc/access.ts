import type { Settings } from "../config/settings.ts";

/** Who may use the BMCs; or why there are none. */
export type BmcAccess =
  | { readonly kind: "on"; readonly user: string; readonly password: string }
  | { readonly kind: "off"; readonly reason: string };

/** As shipped. Everybody knows it, so nobody but the machine itself is let near what it protects. */
export const SHIPPED_PASSWORD = "changeme";

/** IPMI 2.0, section 22.28 and 22.30. */
const USER_BYTES = 16;
const PASSWORD_BYTES = 20;

/**
 * The BMCs' user and password. With a password that IPMI has no room for there are no BMCs, rather than no fabric.
 * @param password BMC_PASSWORD, or the one that was made where that is empty
 */
export function bmcAccess(settings: Pick<Settings, "bmcUser">, password: string): BmcAccess {
  const problem = secretProblem(password) ?? null;
  if (problem !== null) {
    return { kind: "off", reason: `BMC_PASSWORD ${problem}; change it to enable BMCs` };
  }
  if (settings.bmcUser === "" || byteLength(settings.bmcUser) > USER_BYTES) {
    return { kind: "off", reason: `BMC_USER is not 1 to ${USER_BYTES} bytes long` };
  }
  return { kind: "on", user: settings.bmcUser, password };
}

/**
 * The same before a password was made, for where BMCs will listen: one that we make is always good, and stands here
 * as `not generated yet`.
 */
export function plannedBmcAccess(settings: Pick<Settings, "bmcUser" | "bmcPassword">): BmcAccess {
  return bmcAccess(settings, settings.bmcPassword || "not generated yet");
}

function secretProblem(password: string): string | undefined {
  const bytes = byteLength(password);
  if (bytes === 0) {
    return "is empty";
  }
  // IPMI pads with NUL, so that one inside would end the password there.
  if (password.includes("\0")) {
    return "contains a NUL";
  }
  return bytes > PASSWORD_BYTES ? `has ${bytes} bytes (IPMI limit: ${PASSWORD_BYTES})` : undefined;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
