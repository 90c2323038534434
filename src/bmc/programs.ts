import { productPath } from "../system/product-path.ts";
import type { BmcPrograms, CommandOptions } from "./plan.ts";

/** Returns the installed programs that the BMCs run. */
export function bmcPrograms(options: CommandOptions): BmcPrograms {
  return {
    node: process.execPath,
    proxy: productPath("dist/bmc/proxy.mjs"),
    chassis: productPath("libexec/bmc-chassis"),
    fromMemory: productPath("libexec/from-memory"),
    agent: productPath("libexec/bmc-agent"),
    command: productPath("bin/ikvswitch"),
    options,
  };
}
