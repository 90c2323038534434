import { readConfig } from "../../src/config/read.ts";
import type { Config } from "../../src/config/types.ts";

/** The configuration as shipped, with some values replaced. Keys whose defaults follow those stay as shipped. */
export function shippedConfig(overrides: Partial<Config> = {}): Config {
  return { ...readConfig("", null).config, ...overrides };
}

/** As a user would get it from these lines of a file: defaults follow what they refer to. */
export function configFrom(...lines: readonly string[]): Config {
  return readConfig(lines.join("\n"), "test.conf").config;
}

/** Lines that make room for any size: 10.0.0.0/16 and 4-byte AS numbers. */
export const ROOMY = [
  "HOST_VIRTUAL_SUBNET_START_PREFIX=10.0",
  "HOST_VIRTUAL_SUBNET_END_PREFIX=0",
  "NETWORK_PREFIX_LENGTH=16",
  "AS_START=4200000000",
] as const;
