import { CommandError, TimeoutError } from "../../errors.ts";
import type { PowerState, StopOutcome } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import type { Command, Host } from "../../system/host.ts";
import { happensWithin, pollUntil } from "../../system/poll.ts";
import { isRunning, type ProcessIdentity, signalProcess } from "../../system/process-identity.ts";
import { recordProcess } from "../../system/process-record.ts";
import { panicReport } from "./console-log.ts";
import { isFrozen, pullCablesOfTapsDown, thawMachine } from "./faults.ts";
import { withGuestAgent } from "./guest-agent.ts";
import { type Launch, launchCommand } from "./launch.ts";
import { readLaunch } from "./launch-file.ts";
import { COPY_DESCRIPTOR } from "./memory-source.ts";
import { type NodePaths, nodePaths } from "./paths.ts";
import { machinePid, machineProcess } from "./process.ts";
import { withQmp } from "./qmp.ts";
import { readUsersFile } from "./users-file.ts";

const START_TIMEOUT_MS = 60_000;
const QMP_TIMEOUT_MS = 5_000;
/** For the inside of a machine that runs to answer at all, on a busy host. */
const ANSWER_TIMEOUT_MS = 3_000;
const SILENT_GRACE_MS = 3_000;
const QUIT_TIMEOUT_MS = 5_000;
const KILL_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

/** Whether the node's machine runs. */
export async function powerState(host: Host, runDir: string, nodeName: string): Promise<PowerState> {
  return powerOf(host, await machinePid(host, nodePaths(runDir, nodeName)));
}

/**
 * Start the node's machine as it was last brought up; nothing to do where it runs. Returns when QEMU has taken
 * all its devices and the machine's processor runs.
 * @throws CommandError with QEMU's own words when it does not start, or when the node was never brought up.
 */
export async function powerOn(host: Host, runDir: string, nodeName: string): Promise<void> {
  const paths = nodePaths(runDir, nodeName);
  if ((await machinePid(host, paths)) !== undefined) {
    return;
  }
  const launch = await launchOf(host, paths, nodeName);
  await startMachine(host, paths, launch);
  await pullCablesOfTapsDown(host, runDir, launch);
}

/** How the node's machine was last brought up. @throws CommandError where it never was. */
export async function launchOf(host: Host, paths: NodePaths, nodeName: string): Promise<Launch> {
  const launch = await readLaunch(host, paths);
  if (launch === undefined) {
    const said = `${paths.launch} is missing: run ikvswitch up first`;
    throw new CommandError(`start ${nodeName}`, undefined, said);
  }
  return launch;
}

/**
 * Start a machine, and return when QEMU has taken all its devices.
 * @param memory the copy of a memory that the machine is to find open; see MemoryCopies.
 * @throws CommandError with QEMU's own words when it does not start.
 */
export async function startMachine(
  host: Host,
  paths: NodePaths,
  launch: Launch,
  memory?: string,
): Promise<void> {
  const asRoot = (await host.run({ file: "id", args: ["-u"] })).stdout.trim() === "0";
  const logged = (await host.stat(paths.qemuLog))?.sizeBytes ?? 0;
  const { pid } = await host.spawn(withMemoryOpen(launchCommand(launch, asRoot), memory), paths.qemuLog);
  if (asRoot) {
    await recordProcess(host, paths.process, pid);
  }
  await pollUntil(
    { what: `the start of ${launch.node}'s machine`, timeoutMs: START_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      // It is our child: while it runs, its pid can't be anyone else's.
      if (!(await host.kill(pid, 0))) {
        const said = Buffer.from((await readUsersFile(host, paths.qemuLog)) ?? "").subarray(logged);
        throw new CommandError(
          `${launch.command.file} for ${launch.node}, by ${paths.launch}`,
          undefined,
          said.toString("utf8"),
        );
      }
      return (await succeeds(monitor(host, paths, "query-status")))
        ? { done: true, value: undefined }
        : { done: false, seen: `QEMU runs as pid ${pid}, its control socket does not answer` };
    },
  );
}

/** Root opens it, for a machine that may open it again at its descriptor. */
function withMemoryOpen(command: Command, memory: string | undefined): Command {
  const script = `exec ${COPY_DESCRIPTOR}<"$1"; shift; exec "$@"`;
  return memory === undefined
    ? command
    : { ...command, file: "sh", args: ["-c", script, "sh", memory, command.file, ...command.args] };
}

/** Cut the power. */
export async function powerOff(host: Host, runDir: string, nodeName: string): Promise<void> {
  await endMachine(host, nodePaths(runDir, nodeName));
}

/** Press the power button: the switch shuts itself down in its own time. */
export async function softOff(host: Host, runDir: string, nodeName: string): Promise<void> {
  await monitor(host, nodePaths(runDir, nodeName), "system_powerdown");
}

/** Press the reset button: the switch boots again at once, from the files it has now. */
export async function reset(host: Host, runDir: string, nodeName: string): Promise<void> {
  const socket = nodePaths(runDir, nodeName).qmp;
  await withQmp(host, { socket, timeoutMs: QMP_TIMEOUT_MS }, async (qmp) => {
    await qmp.execute("system_reset");
    // Who talks to the guest next must not talk to the one before.
    await qmp.event("RESET");
  });
}

/** Shut the machine down, and cut its power when that takes longer than the grace period. */
export async function stopMachine(
  host: Host,
  runDir: string,
  nodeName: string,
  options: { readonly graceMs: number },
): Promise<StopOutcome> {
  const paths = nodePaths(runDir, nodeName);
  const machine = await machineProcess(host, paths);
  if (machine === undefined) {
    return "was off";
  }
  if (await isFrozen(host, runDir, nodeName)) {
    await thawMachine(host, runDir, nodeName);
  }
  const graceMs = await graceOf(host, paths, options.graceMs);
  if (!(await succeeds(monitor(host, paths, "system_powerdown")))) {
    await killMachine(host, machine);
    return "forced";
  }
  if (await hasEnded(host, machine, graceMs)) {
    return "clean";
  }
  await endMachine(host, paths);
  return "forced";
}

/** Who still boots does not hear the button and has nothing to lose; who panicked never will. */
async function graceOf(host: Host, paths: NodePaths, graceMs: number): Promise<number> {
  if ((await panicReport(host, paths)) !== null) {
    return 0;
  }
  const agent = { socket: paths.agent, timeoutMs: ANSWER_TIMEOUT_MS };
  const isUp = await succeeds(withGuestAgent(host, agent, (inside) => inside.execute("guest-ping")));
  return isUp ? graceMs : Math.min(graceMs, SILENT_GRACE_MS);
}

async function endMachine(host: Host, paths: NodePaths): Promise<void> {
  const machine = await machineProcess(host, paths);
  if (machine !== undefined) {
    const asked = await succeeds(monitor(host, paths, "quit"));
    if (!asked || !(await hasEnded(host, machine, QUIT_TIMEOUT_MS))) {
      await killMachine(host, machine);
    }
  }
}

/** End a machine that does not listen. */
export async function killMachine(host: Host, machine: ProcessIdentity): Promise<void> {
  await signalProcess(host, machine, "SIGKILL");
  if (!(await hasEnded(host, machine, KILL_TIMEOUT_MS))) {
    throw new TimeoutError(
      `the end of pid ${machine.pid}`,
      KILL_TIMEOUT_MS,
      "killed, but the kernel still lists it",
    );
  }
}

function hasEnded(host: Host, machine: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  return happensWithin({ timeoutMs, intervalMs: POLL_MS }, async () => !(await isRunning(host, machine)));
}

async function monitor(host: Host, paths: NodePaths, command: string): Promise<unknown> {
  return withQmp(host, { socket: paths.qmp, timeoutMs: QMP_TIMEOUT_MS }, (qmp) => qmp.execute(command));
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
