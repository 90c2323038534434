import type { Settings } from "../config/settings.ts";
import { blockedHostPorts } from "../enclosure/host-ports.ts";
import { type MissingRequirement, PreflightError } from "../errors.ts";
import { type PlugSocket, plugPortProblems, SEGMENT } from "../fabric/plug-sockets.ts";
import type { Fabric } from "../fabric/types.ts";
import { portProblems } from "../nodes/port-problems.ts";
import type { Host } from "../system/host.ts";
import { findListeners } from "../system/listeners.ts";
import { plugPaths } from "./paths.ts";
import { findPlugProcesses } from "./processes.ts";
import { plannedPlugs, wantsPlugs } from "./wanted.ts";

/**
 * Checks that the sockets' TCP ports are free, if they are to be opened. Those of an ordinary user's fabric are the
 * host's, whose processes are not seen from an enclosure.
 * @throws PreflightError that names each port's holder, if it is known.
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
  if (settings.enclosure !== null) {
    return findBlocked(host, fabric, settings);
  }
  const [listeners, ours] = await Promise.all([
    findListeners(host),
    findPlugProcesses(host, settings.runDir),
  ]);
  const pids = new Set(ours.map(({ pid }) => pid));
  const others = listeners.filter(({ processes }) => !processes.some(({ pid }) => pids.has(pid)));
  return portProblems(plannedPlugs(fabric, settings).map(plannedPort), others);
}

/** The ports that are already open are ours. */
async function findBlocked(
  host: Host,
  fabric: Fabric,
  settings: Settings,
): Promise<readonly MissingRequirement[]> {
  const running = await findPlugProcesses(host, settings.runDir);
  const list = running.length === 0 ? undefined : await host.readFile(plugPaths(settings.runDir).list);
  const open = (list ?? "").split("\n").map((line) => Number(line.split(" ")[2]));
  const wanted = plannedPlugs(fabric, settings).map(({ port }) => port);
  const blocked = await blockedHostPorts(
    host,
    wanted.filter((port) => !open.includes(port)),
  );
  const [first, ...more] = blocked;
  if (first === undefined) {
    return [];
  }
  const others = more.length === 0 ? "" : ` (and ${more.length} of the ports that follow)`;
  return [
    {
      what: `TCP port ${first.port}${others} of this host's 127.0.0.1 can't be opened: ${first.reason}`,
      why: `VMs attach by the ports ${wanted[0]} to ${wanted.at(-1)}; another fabric or program may have them`,
      fix: "set PLUG_PORT_START to another value, or PLUG_SOCKETS=no",
    },
  ];
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
