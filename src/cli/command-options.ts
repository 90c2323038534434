import { resolve } from "node:path";
import type { CommandOptions } from "../bmc/plan.ts";
import type { Host } from "../system/host.ts";
import type { GlobalOptions } from "./context.ts";
import { readSetFiles } from "./set-files.ts";

/** Returns what makes another command, started in any folder, use the configuration of this one. */
export async function commandOptions(
  host: Host,
  options: Pick<GlobalOptions, "name" | "config" | "set" | "setFile">,
): Promise<CommandOptions> {
  const { name, set, setFile } = options;
  // As when the configuration is read: a name is nearer than the environment.
  const { config = name === undefined ? process.env.IKVSWITCH_CONF : undefined } = options;
  return {
    name: name ?? null,
    config: config === undefined || config === "" ? null : resolve(config),
    sets: [...(await readSetFiles(host, setFile)), ...set],
  };
}
