import type { Host } from "../system/host.ts";
import type { Machines } from "./machines.ts";
import { qemuMachines } from "./qemu/machines.ts";

/** The switches that run below this run directory. */
export async function runningMachines(host: Host, runDir: string): Promise<Machines> {
  return qemuMachines(host, runDir);
}
