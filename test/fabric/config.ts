import { readConfig } from "../../src/config/read.ts";
import type { Config } from "../../src/config/types.ts";

/** Returns the shipped configuration with some values replaced. Defaults that refer to these are not changed. */
export function shippedConfig(overrides: Partial<Config> = {}): Config {
  return { ...readConfig("", null).config, ...overrides };
}

/** Returns the configuration from a file with these lines: defaults follow the keys that they refer to. */
export function configFrom(...lines: readonly string[]): Config {
  return readConfig(lines.join("\n"), "test.conf").config;
}

/** Lines for a network that fits any size: 10.0.0.0/16 and 4-byte AS numbers. */
export const ROOMY = [
  "HOST_VIRTUAL_SUBNET_START_PREFIX=10.0",
  "HOST_VIRTUAL_SUBNET_END_PREFIX=0",
  "NETWORK_PREFIX_LENGTH=16",
  "AS_START=4200000000",
] as const;
