import type { RenderOptions, SharedSettings } from "./types.ts";

export interface AuthorizedKeysContext {
  readonly keyGroups: readonly { readonly from: string; readonly keys: readonly string[] }[];
}

/** Values in the notation of sshd_config(5). */
export interface SshdContext {
  readonly rootLogin: "yes" | "prohibit-password";
  readonly passwordLogin: "yes" | "no";
}

export function sshdContext({ passwordLogin }: RenderOptions): SshdContext {
  return passwordLogin
    ? { rootLogin: "yes", passwordLogin: "yes" }
    : { rootLogin: "prohibit-password", passwordLogin: "no" };
}

export function authorizedKeysContext(site: SharedSettings): AuthorizedKeysContext {
  return {
    keyGroups: [
      { from: "From the host.", keys: keyLines(site.authorizedKeys) },
      { from: "Of ikvswitch itself.", keys: keyLines(site.toolPublicKey) },
      { from: "Of the switches.", keys: keyLines(site.switchKey.publicKey) },
    ],
  };
}

/** Returns the keys of an authorized_keys file, without comments. */
export function keyLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
