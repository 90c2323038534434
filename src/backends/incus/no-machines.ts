import { CommandError } from "../../errors.ts";
import type { Machines } from "../../nodes/machines.ts";
import { PROGRAM_FOLDER } from "../model/guest-files.ts";

/** Returns the switches of a run directory that has none in a cluster: all are off. */
export function noMachines(): Machines {
  const off = async (node: string): Promise<never> => {
    throw new CommandError(`use ${node}`, undefined, `${node} is off; run 'ikvswitch up'`);
  };
  return {
    backend: "incus",
    patience: { atOnce: 16, timeoutMs: 5_000, programSeconds: 5 },
    library: PROGRAM_FOLDER,
    vlans: true,
    answers: async () => false,
    power: async () => ({ power: "off" }),
    isFrozen: async () => false,
    log: async () => "",
    stop: async () => "was off",
    cutPower: async () => {},
    setCarrier: async () => {},
    ...{ exec: off, stream: off, pull: off, push: off, setStartFile: off, assertAlive: off },
    ...{ assertStartable: off, start: off, pressPowerButton: off, reset: off, freeze: off, thaw: off },
  };
}
