import type { Controlled } from "../model/control.ts";

/**
 * Returns the same machine, on which an action that is under way is not begun a second time: clients repeat a request
 * that is not answered within a second, and a second reset would come after a boot device that is to be used once.
 */
export function joinRepeated(machine: Controlled): Controlled {
  return {
    ...machine,
    powerOn: joined(machine.powerOn),
    cutPower: joined(machine.cutPower),
    pressPowerButton: joined(machine.pressPowerButton),
    reset: joined(machine.reset),
  };
}

function joined(action: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () => {
    underWay ??= action().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
