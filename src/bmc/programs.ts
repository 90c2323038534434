import { productPath } from "../system/product-path.ts";
import type { BmcPrograms } from "./plan.ts";

/** What the BMCs run, where we are installed. */
export function bmcPrograms(): BmcPrograms {
  return {
    node: process.execPath,
    attendant: productPath("dist/bmc/attendant.mjs"),
    chassis: productPath("libexec/bmc-chassis"),
    fromMemory: productPath("libexec/from-memory"),
  };
}
