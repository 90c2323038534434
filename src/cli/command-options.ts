import type { CommandOptions } from "../bmc/plan.ts";
import { DEFAULT_NAME } from "../config/fabric-name.ts";
import type { Context } from "./context.ts";

/** Returns what makes another command, started in any folder, use the configuration of this one. */
export function commandOptions({ loaded: { source }, chosenFile }: Context): CommandOptions {
  return {
    name: source.name === DEFAULT_NAME ? null : source.name,
    config: chosenFile,
    sets: source.sets,
  };
}
