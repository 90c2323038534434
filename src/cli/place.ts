import type { Place } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Context } from "./context.ts";

/** Returns the place where the switches of this configuration run. */
export function placeOf({ settings }: Pick<Context, "settings">): Place {
  return { runDir: settings.runDir, configured: settings.backend, backends: BACKENDS };
}

/** Returns the switches of this configuration's fabric, for any backend. */
export async function fabricMachines(context: Pick<Context, "host" | "settings">): Promise<Machines> {
  const { runningMachines } = await import("../backends/find.ts");
  return runningMachines(context.host, placeOf(context));
}

/** Returns the hosts of the fabric's network. */
export async function fabricHosts(
  context: Pick<Context, "host" | "fabric" | "settings">,
): Promise<readonly NetworkHost[]> {
  const { networkHosts } = await import("../hosts/network-host.ts");
  return networkHosts(context.host, context.fabric, context.settings);
}
