import { stopSwitches } from "../backends/down.ts";
import { killMachine } from "../backends/qemu/machine.ts";
import { findMachines } from "../backends/qemu/process.ts";
import { stopBmcs } from "../bmc/stop.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/**
 * End all switches and their BMCs at once, without letting them shut down: others are to take their places.
 * @returns how many ran.
 */
export async function endSwitches(host: Host, fabric: Fabric, runDir: string): Promise<number> {
  // First, so that no BMC switches a machine on again.
  await stopBmcs(host, fabric, { runDir });
  const machines = [...(await findMachines(host, runDir))];
  await Promise.all(
    machines.flatMap(([, processes]) => processes.map((process) => killMachine(host, process))),
  );
  const others = await stopSwitches(host, runDir, { graceMs: 0 });
  return new Set([...machines.map(([name]) => name), ...Object.keys(others)]).size;
}
