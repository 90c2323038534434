import type { Place } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Context } from "./context.ts";

/** Where the switches of this configuration run. */
export function placeOf({ loaded: { config } }: Pick<Context, "loaded">): Place {
  return { runDir: config.RUN_DIR, configured: config.BACKEND, backends: BACKENDS };
}

/** The switches of this configuration's fabric, whatever they are made of. */
export async function fabricMachines(context: Pick<Context, "host" | "loaded">): Promise<Machines> {
  const { runningMachines } = await import("../backends/find.ts");
  return runningMachines(context.host, placeOf(context));
}
