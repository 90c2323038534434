import { runningMachines } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import { type NetworkHost, networkHosts } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";

/** A fabric on this host, as the use cases that change parts of it while it runs need it. */
export interface Lab {
  readonly host: Host;
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
  /**
   * Does the work while no other ikvswitch changes the network.
   * @param action the command that does the same: `link down`.
   */
  locked<T>(action: string, work: () => Promise<T>): Promise<T>;
}

/** Returns the switches of the fabric, for any backend. */
export function labMachines({ host, settings, backends }: Lab): Promise<Machines> {
  return runningMachines(host, { runDir: settings.runDir, configured: settings.backend, backends });
}

/** Returns the hosts of the fabric's network. */
export function labHosts({ host, fabric, settings }: Lab): Promise<readonly NetworkHost[]> {
  return networkHosts(host, fabric, settings);
}
