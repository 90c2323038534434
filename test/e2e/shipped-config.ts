import { readFileSync } from "node:fs";
import { readConfig } from "../../src/config/read.ts";
import type { Config } from "../../src/config/types.ts";
import { projectPath } from "../integration/namespace.ts";

/** Returns the configuration of the tests' fabrics: the shipped file, which has IPv6, too. */
export function shippedConfig(): Config {
  return readConfig(readFileSync(projectPath("etc/ikvswitch.conf"), "utf8"), "etc/ikvswitch.conf").config;
}
