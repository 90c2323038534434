import type { Settings } from "../config/settings.ts";

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** User and password of the BMCs, or the reason why there are no BMCs. */
export type BmcAccess =
  | ({ readonly kind: "on" } & Credentials)
  | { readonly kind: "off"; readonly reason: string };

/** Password as shipped. It is public, so only the host itself may reach a BMC that has it. */
export const SHIPPED_PASSWORD = "changeme";

/** IPMI 2.0, section 22.28 and 22.30. */
const USER_BYTES = 16;
const PASSWORD_BYTES = 20;

/**
 * Returns the BMCs' user and password. A password that IPMI does not allow turns off the BMCs, not the fabric.
 * @param password BMC_PASSWORD, or the generated one if that is empty
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
 * Returns the same before a password is generated, to know where BMCs will listen. A generated password is always
 * valid; its value here is `not generated yet`.
 */
export function plannedBmcAccess(settings: Pick<Settings, "bmcUser" | "bmcPassword">): BmcAccess {
  return bmcAccess(settings, settings.bmcPassword || "not generated yet");
}

function secretProblem(password: string): string | undefined {
  const bytes = byteLength(password);
  if (bytes === 0) {
    return "is empty";
  }
  // IPMI pads with NUL, so that a NUL inside would end the password there.
  if (password.includes("\0")) {
    return "contains a NUL";
  }
  return bytes > PASSWORD_BYTES ? `has ${bytes} bytes (IPMI limit: ${PASSWORD_BYTES})` : undefined;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
