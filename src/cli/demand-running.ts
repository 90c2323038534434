import { NotRunningError } from "../errors.ts";
import type { Node } from "../fabric/types.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Context } from "./context.ts";
import { fabricMachines, placeOf } from "./place.ts";

/**
 * Returns the switches of the fabric, if this one runs.
 * @throws NotRunningError with the command that starts it.
 */
export async function demandRunning(context: Context, { name }: Node): Promise<Machines> {
  const machines = await fabricMachines(context);
  if ((await machines.power(name)).power === "off") {
    const { runningBackend } = await import("../backends/find.ts");
    const fabricRuns = (await runningBackend(context.host, placeOf(context))) !== undefined;
    throw new NotRunningError(
      fabricRuns
        ? `${name} is off; 'ikvswitch node start ${name}' starts it`
        : `no switch is running; 'ikvswitch up' starts them`,
    );
  }
  return machines;
}
