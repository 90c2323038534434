import { bmcAccess } from "../bmc/access.ts";
import { type BmcStatus, bmcStatus } from "../bmc/status.ts";
import type { Config } from "../config/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { listenAddress } from "../switches/listen.ts";
import { runningMachines } from "../switches/running.ts";
import { type NodeStatus, observeSwitches } from "../switches/status.ts";
import type { Host } from "../system/host.ts";

export interface EmulatorStatus {
  readonly switches: readonly NodeStatus[];
  readonly bmcs: readonly BmcStatus[];
  /** Whether every switch runs, is reachable and has all planned sessions. */
  readonly asPlanned: boolean;
}

/** Every switch and its BMC as they are now. */
export async function emulatorStatus(host: Host, config: Config, fabric: Fabric): Promise<EmulatorStatus> {
  const [switches, bmcs] = await Promise.all([
    observeSwitches(host, {
      fabric,
      machines: await runningMachines(host, config.RUN_DIR, config.BACKEND),
      stateDir: config.STATE_DIR,
      vncListen: listenAddress(config),
    }),
    bmcStatus(host, fabric, { runDir: config.RUN_DIR, access: bmcAccess(config) }),
  ]);
  return { switches, bmcs, asPlanned: switches.every(isAsPlanned) };
}

function isAsPlanned({ state, reachable, sessions }: NodeStatus): boolean {
  return state === "running" && reachable && sessions.up === sessions.planned;
}
