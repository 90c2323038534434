import { plannedBmcAccess } from "../../bmc/access.ts";
import { strongLibrary } from "../../bmc/library.ts";
import { findBmcProcesses } from "../../bmc/processes.ts";
import type { Settings } from "../../config/settings.ts";
import { type MissingRequirement, PreflightError } from "../../errors.ts";
import type { Node } from "../../fabric/types.ts";
import { portProblems } from "../../nodes/port-problems.ts";
import { findQemu, tunProblem } from "../../qemu/requirements.ts";
import { type Architecture, findArchitecture } from "../../system/architecture.ts";
import { availableMemoryMiB } from "../../system/available-memory.ts";
import type { EmulatorUser } from "../../system/confine.ts";
import { findEmulatorUser } from "../../system/emulator-user.ts";
import type { Host } from "../../system/host.ts";
import { findListeners } from "../../system/listeners.ts";
import { bmcPorts, vncPorts } from "./planned-ports.ts";
import { findMachines } from "./process.ts";

/** Facts that the checks found about the host. */
export interface SwitchHost {
  readonly architecture: Architecture;
  readonly user: EmulatorUser;
  /** QEMU's own version line: `QEMU emulator version 7.2.22 (Debian …)`. */
  readonly qemuVersion: string;
}

/**
 * Checks all requirements for starting these nodes except their taps, which the host network provides. Changes nothing.
 * @param nodes that are not running yet.
 * @throws PreflightError with everything that is missing.
 */
export async function checkSwitchHost(
  host: Host,
  userName: string,
  nodes: readonly Node[],
): Promise<SwitchHost> {
  const architecture = await findArchitecture(host);
  const [user, qemuVersion, ...others] = await Promise.all([
    findEmulatorUser(host, userName).catch(requirements),
    findQemu(host, architecture).catch(requirements),
    missingPrograms(host),
    tunProblem(host),
    memoryProblem(host, nodes),
  ]);
  const missing = [user, qemuVersion, ...others].flatMap((found) => (Array.isArray(found) ? found : []));
  if (missing.length > 0 || !("name" in user) || typeof qemuVersion !== "string") {
    throw new PreflightError(missing);
  }
  return { architecture, user, qemuVersion };
}

function requirements(error: unknown): readonly MissingRequirement[] {
  if (error instanceof PreflightError) {
    return error.missing;
  }
  throw error;
}

/** Programs that are called by name, with their Debian packages. */
const PROGRAMS: Readonly<Record<string, { readonly package: string; readonly why: string }>> = {
  "ssh-keygen": { package: "openssh-client", why: "generates switches' SSH host keys" },
  openssl: { package: "openssl", why: "hashes the switches' root password" },
  ping: { package: "iputils-ping", why: "tests that every switch is reachable" },
  setpriv: { package: "util-linux", why: "drops privileges of QEMU" },
};

async function missingPrograms(host: Host): Promise<MissingRequirement[]> {
  const found = await host.run({ file: "which", args: Object.keys(PROGRAMS) }, { okExitCodes: [1] });
  const names = found.stdout.split("\n").map((path) => path.slice(path.lastIndexOf("/") + 1));
  return Object.entries(PROGRAMS)
    .filter(([name]) => !names.includes(name))
    .map(([name, { package: debianPackage, why }]) => ({
      what: `missing program: ${name}`,
      why,
      fix: `apt install ${debianPackage}`,
    }));
}

/**
 * Checks that the ports on which the emulators will listen are free.
 * @param vnc nodes whose VMs don't run yet. Running BMCs are recognised by their processes.
 * @throws PreflightError that names each port's holder.
 */
export async function checkPorts(
  host: Host,
  settings: Settings,
  { all, vnc }: { readonly all: readonly Node[]; readonly vnc: readonly Node[] },
): Promise<void> {
  const [listeners, bmcs, machines] = await Promise.all([
    findListeners(host),
    findBmcProcesses(host, settings.runDir),
    // A VM whose display will change may hold the port of another VM.
    findMachines(host, settings.runDir),
  ]);
  const ours = new Set(
    [bmcs.proxy, ...bmcs.simulators.values(), ...machines.values()].flat().map(({ pid }) => pid),
  );
  const others = listeners.filter(({ processes }) => !processes.some(({ pid }) => ours.has(pid)));
  const problems = portProblems([...vncPorts(settings, vnc), ...bmcPorts(settings, all)], others);
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
}

/**
 * Checks that the BMCs can be started, if any are configured.
 * @throws PreflightError if OpenIPMI is missing or differs from the known one.
 */
export async function checkBmcs(host: Host, settings: Settings): Promise<void> {
  if (plannedBmcAccess(settings).kind === "on") {
    await strongLibrary(host);
  }
}

/** Checks that the host has enough free memory for these nodes, which don't run. */
export async function memoryProblem(host: Host, nodes: readonly Node[]): Promise<MissingRequirement[]> {
  const availableMiB = await availableMemoryMiB(host);
  const neededMiB = nodes.reduce((sum, node) => sum + node.machine.memoryMiB, 0);
  if (availableMiB !== null && neededMiB <= availableMiB) {
    return [];
  }
  const why = `${nodes.length} switches need ${neededMiB} MiB (SWITCH_MEMORY_MIB)`;
  return availableMiB === null
    ? [
        {
          what: "available memory unknown: /proc/meminfo has no MemAvailable",
          why,
          fix: "mount /proc; Linux has MemAvailable since 3.14",
        },
      ]
    : [
        {
          what: `not enough memory: ${availableMiB} MiB available`,
          why,
          fix: "stop other programs, or lower SWITCH_MEMORY_MIB; 192 is enough",
        },
      ];
}
