import { readFileSync } from "node:fs";
import { readConfig } from "../../src/config/read.ts";
import type { Config } from "../../src/config/types.ts";
import { projectPath } from "../integration/namespace.ts";

/**
 * Returns the configuration of the tests' fabrics: the shipped file, which has IPv6, too.
 * @param sets `KEY=VALUE` besides those of the file.
 */
export function shippedConfig(sets: readonly string[] = []): Config {
  const text = readFileSync(projectPath("etc/ikvswitch.conf"), "utf8");
  return readConfig(text, "etc/ikvswitch.conf", { sets }).config;
}
