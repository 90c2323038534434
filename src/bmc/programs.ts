import { fileURLToPath } from "node:url";
import type { BmcPrograms } from "./plan.ts";

/** What the BMCs run, where we are installed. */
export function bmcPrograms(): BmcPrograms {
  const program = (name: string) => fileURLToPath(new URL(`../../libexec/${name}`, import.meta.url));
  return { node: process.execPath, attendant: program("bmc-attendant"), chassis: program("bmc-chassis") };
}
