import type { Machines } from "../nodes/machines.ts";
import type { Controlled } from "./model/control.ts";

/** What a BMC takes of its switch. */
export type SwitchMachines = Pick<
  Machines,
  "power" | "start" | "cutPower" | "pressPowerButton" | "reset" | "interrupt"
>;

/** Returns what a switch's BMC does to it. */
export function switchControl(machines: SwitchMachines, node: string): Controlled {
  return {
    power: async () => (await machines.power(node)).power,
    powerOn: () => machines.start(node),
    cutPower: () => machines.cutPower(node),
    pressPowerButton: () => machines.pressPowerButton(node),
    reset: () => machines.reset(node),
    interrupt: async () => {
      if (machines.interrupt === undefined) {
        throw new Error(`${node} has no processor of its own`);
      }
      await machines.interrupt(node);
    },
    boot: null,
    media: null,
  };
}
