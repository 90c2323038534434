import type { Host } from "../system/host.ts";
import { processAgeSeconds } from "../system/processes.ts";
import type { PowerState } from "./machines.ts";

/** Returns the state of a switch that is on as long as this process runs. `pid` is undefined if there is no process. */
export async function powerOf(host: Host, pid: number | undefined): Promise<PowerState> {
  const uptimeSeconds = pid === undefined ? undefined : await processAgeSeconds(host, pid);
  return pid === undefined || uptimeSeconds === undefined
    ? { power: "off" }
    : { power: "on", pid, uptimeSeconds };
}
