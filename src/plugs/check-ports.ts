import type { Settings } from "../config/settings.ts";
import { type MissingRequirement, PreflightError } from "../errors.ts";
import { type PlugSocket, plugPortProblems, SEGMENT } from "../fabric/plug-sockets.ts";
import type { Fabric } from "../fabric/types.ts";
import { portProblems } from "../nodes/port-problems.ts";
import type { Host } from "../system/host.ts";
import { findListeners } from "../system/listeners.ts";
import { findPlugProcesses } from "./processes.ts";
import { plannedPlugs, wantsPlugs } from "./wanted.ts";

/**
 * Checks that the sockets' TCP ports are free, if they are to be opened.
 * @throws PreflightError that names each port's holder.
 */
export async function checkPlugPortsFree(host: Host, fabric: Fabric, settings: Settings): Promise<void> {
  const problems = await findPortProblems(host, fabric, settings);
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
}

async function findPortProblems(
  host: Host,
  fabric: Fabric,
  settings: Settings,
): Promise<readonly MissingRequirement[]> {
  if (!(await wantsPlugs(host, settings))) {
    return [];
  }
  const impossible = plugPortProblems({
    start: settings.plugPortStart,
    positions: fabric.racks.flatMap(({ positions }) => positions).length,
    firstVncPort: fabric.nodes[0]?.machine.vncPort ?? 0,
    switches: fabric.nodes.length,
  });
  if (impossible.length > 0) {
    const rest = { why: "VMs attach by sockets (PLUG_SOCKETS)", fix: "set PLUG_PORT_START to another value" };
    return impossible.map((what) => ({ what, ...rest }));
  }
  const [listeners, ours] = await Promise.all([
    findListeners(host),
    findPlugProcesses(host, settings.runDir),
  ]);
  const pids = new Set(ours.map(({ pid }) => pid));
  const others = listeners.filter(({ processes }) => !processes.some(({ pid }) => pids.has(pid)));
  return portProblems(plannedPlugs(fabric, settings).map(plannedPort), others);
}

function plannedPort({ name, port }: PlugSocket) {
  return {
    protocol: "tcp",
    address: "127.0.0.1",
    port,
    purpose: name === SEGMENT ? "the socket of the shared segment" : `the socket of position ${name}`,
    key: "PLUG_PORT_START",
  } as const;
}
