import { freezeNodes, thawNodes } from "../faults/freeze.ts";
import { DEFAULT_GRACE_MS, type Machines } from "../nodes/machines.ts";
import { type Lab, labMachines } from "./lab.ts";

export const POWER_ACTIONS = ["stop", "start", "restart"] as const;
export type PowerAction = (typeof POWER_ACTIONS)[number];

export const FREEZE_ACTIONS = ["freeze", "thaw"] as const;
export type FreezeAction = (typeof FREEZE_ACTIONS)[number];

/**
 * Starts and stops these switches, all at once.
 * @returns the outcome for each of them, in a few words: `already running`.
 */
export function changePower(
  lab: Lab,
  names: readonly string[],
  action: PowerAction,
): Promise<readonly string[]> {
  return lab.locked(`node ${action}`, async () => {
    const machines = await labMachines(lab);
    return Promise.all(names.map((name) => changePowerOf(machines, name, action)));
  });
}

/**
 * Freezes or thaws these switches.
 * @throws UsageError if one is off.
 */
export function changeFreeze(lab: Lab, names: readonly string[], action: FreezeAction): Promise<void> {
  return lab.locked(`node ${action}`, async () => {
    const machines = await labMachines(lab);
    await (action === "freeze" ? freezeNodes : thawNodes)(machines, names);
  });
}

async function changePowerOf(machines: Machines, name: string, action: PowerAction): Promise<string> {
  const { power } = await machines.power(name);
  if (action === "start" && power === "on") {
    return "already running";
  }
  if (action === "restart") {
    await machines.assertStartable(name);
  }
  if (action !== "start") {
    await machines.stop(name, { graceMs: DEFAULT_GRACE_MS });
  }
  if (action === "stop") {
    return power === "on" ? "stopped" : "already stopped";
  }
  await machines.start(name);
  return "started";
}
