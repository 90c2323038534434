import { fileURLToPath } from "node:url";
import type { BmcPrograms } from "./plan.ts";

/** What the BMCs run, where we are installed. */
export function bmcPrograms(): BmcPrograms {
  const program = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  return {
    node: process.execPath,
    attendant: program("dist/bmc/attendant.mjs"),
    chassis: program("libexec/bmc-chassis"),
    fromMemory: program("libexec/from-memory"),
  };
}
