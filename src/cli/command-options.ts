import { resolve } from "node:path";
import type { CommandOptions } from "../bmc/plan.ts";
import type { Host } from "../system/host.ts";
import type { GlobalOptions } from "./context.ts";
import { readSetFiles } from "./set-files.ts";

/** Returns what makes another command, started in any folder, use the configuration of this one. */
export async function commandOptions(
  host: Host,
  { config = process.env.IKVSWITCH_CONF, set, setFile }: Pick<GlobalOptions, "config" | "set" | "setFile">,
): Promise<CommandOptions> {
  return {
    config: config === undefined || config === "" ? null : resolve(config),
    sets: [...(await readSetFiles(host, setFile)), ...set],
  };
}
