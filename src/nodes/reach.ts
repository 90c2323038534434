import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import type { Machines } from "./machines.ts";

/** Time limit of one attempt, in seconds. It ends with the first answer. */
const LOOK_S = 1;

/** Where pings come from. */
export type Pinger = Pick<Host, "run">;

/** Time limit of a ping in a switch. */
const INSIDE_MS = 10_000;

/**
 * Returns what pings the switches' loopbacks: this host, or the internet router if the switches are on other hosts,
 * where this one may have no way in.
 */
export function pinger(
  host: Host,
  { machines, fabric }: { readonly machines: Machines; readonly fabric: Fabric },
): Pinger {
  const internet = fabric.nodes.find(({ role }) => role === "internet");
  if (fabric.cluster === undefined || internet === undefined) {
    return host;
  }
  return {
    run: async (command, { okExitCodes = [] } = {}) => {
      try {
        return await machines.exec(internet.name, command, { timeoutMs: INSIDE_MS, okExitCodes });
      } catch (error) {
        if (error instanceof CommandError || error instanceof TimeoutError) {
          return { exitCode: 1, stdout: "", stderr: error.message };
        }
        throw error;
      }
    },
  };
}

/** Reports whether this address answers one of five pings within a second. */
export async function isReachable(host: Pinger, address: Address): Promise<boolean> {
  const { exitCode } = await host.run(
    { file: "ping", args: ["-n", "-q", "-c", "1", "-i", "0.2", "-w", String(LOOK_S), String(address)] },
    // 1: no answer; 2: no route yet (ping(8)).
    { okExitCodes: [1, 2] },
  );
  return exitCode === 0;
}
