import type { Settings } from "../config/settings.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { plugFolder } from "./paths.ts";
import { findPlugProcesses } from "./processes.ts";
import { plannedPlugs, wantsPlugs } from "./wanted.ts";

/** The sockets for VMs. */
export interface PlugStatus {
  readonly running: boolean;
  /** TCP ports of 127.0.0.1. */
  readonly firstPort: number;
  readonly lastPort: number;
  /** Of the unix sockets. */
  readonly folder: string;
}

/** Returns the status of the sockets; null if none are to be open. */
export async function plugStatus(host: Host, fabric: Fabric, settings: Settings): Promise<PlugStatus | null> {
  if (fabric.cluster !== undefined || !(await wantsPlugs(host, settings))) {
    return null;
  }
  const processes = await findPlugProcesses(host, settings.runDir);
  const plugs = plannedPlugs(fabric, settings);
  return {
    running: processes.length > 0,
    firstPort: settings.plugPortStart,
    lastPort: plugs.at(-1)?.port ?? settings.plugPortStart,
    folder: plugFolder(settings),
  };
}
