import type { Config } from "./keys/table.ts";

export type { Config };

/** The origin of a value. */
export type ConfigSource =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "set" };

/** A configuration with, for each key that the user can write, its source and its text after interpolation. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file read; null where only defaults and `--set` were used. */
  readonly file: string | null;
  /** By key as written: `NUM_U`, `DHCPD_SUBNET_1`. */
  readonly entries: ConfigEntries;
}

export type ConfigEntries = Readonly<Record<string, ConfigEntry>>;

export interface ConfigEntry {
  readonly text: string;
  readonly source: ConfigSource;
  /** The keys that the text refers to. */
  readonly uses: readonly string[];
}
