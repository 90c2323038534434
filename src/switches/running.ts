import type { Host } from "../system/host.ts";
import type { Backend, Machines } from "./machines.ts";
import { qemuMachines } from "./qemu/machines.ts";

/**
 * The switches that run below this run directory.
 * @param _otherwise what they would be made of, where none runs.
 */
export async function runningMachines(
  host: Host,
  runDir: string,
  _otherwise: Backend = "qemu",
): Promise<Machines> {
  return qemuMachines(host, runDir);
}
