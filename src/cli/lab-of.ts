import { BACKENDS } from "../backends/index.ts";
import type { Lab } from "../lab/lab.ts";
import type { Context } from "./context.ts";
import { lockFabric } from "./lock-network.ts";

/** Returns the fabric of this configuration, for use cases that take the lock themselves. */
export function labOf(context: Context): Lab {
  const { host, settings, fabric } = context;
  return {
    ...{ host, settings, fabric, backends: BACKENDS },
    locked: (action, work) => lockFabric(context, action, work),
  };
}
