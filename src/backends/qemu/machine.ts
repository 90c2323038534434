import { CommandError } from "../../errors.ts";
import type { PowerState, StopOutcome } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import { endsWithin, killProcess } from "../../system/end-process.ts";
import type { Command, Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { recordProcess } from "../../system/process-record.ts";
import { panicReport } from "./console-log.ts";
import { isFrozen, pullCablesOfTapsDown, thawMachine } from "./faults.ts";
import { withGuestAgent } from "./guest-agent.ts";
import { type Launch, launchCommand } from "./launch.ts";
import { readLaunch } from "./launch-file.ts";
import { COPY_DESCRIPTOR } from "./memory-source.ts";
import type { NodeFolder } from "./node-folder.ts";
import { machinePid, machineProcess } from "./process.ts";
import { withQmp } from "./qmp.ts";
import { readUsersFile } from "./users-file.ts";

const START_TIMEOUT_MS = 60_000;
const QMP_TIMEOUT_MS = 5_000;
/** For the inside of a machine that runs to answer at all, on a busy host. */
const ANSWER_TIMEOUT_MS = 3_000;
const SILENT_GRACE_MS = 3_000;
const QUIT_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** Whether the node's machine runs. */
export async function powerState(host: Host, folder: NodeFolder): Promise<PowerState> {
  return powerOf(host, await machinePid(host, folder));
}

/**
 * Start the node's machine as it was last brought up; nothing to do where it runs. Returns when QEMU has taken
 * all its devices and the machine's processor runs.
 * @throws CommandError with QEMU's own words when it does not start, or when the node was never brought up.
 */
export async function powerOn(host: Host, folder: NodeFolder): Promise<void> {
  if ((await machinePid(host, folder)) !== undefined) {
    return;
  }
  const launch = await launchOf(host, folder);
  await startMachine(host, folder, launch);
  await pullCablesOfTapsDown(host, folder, launch);
}

/** How the node's machine was last brought up. @throws CommandError where it never was. */
export async function launchOf(host: Host, folder: NodeFolder): Promise<Launch> {
  const launch = await readLaunch(host, folder);
  if (launch === undefined) {
    const said = `${folder.launch} is missing: run 'ikvswitch up'`;
    throw new CommandError(`start ${folder.name}`, undefined, said);
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
  folder: NodeFolder,
  launch: Launch,
  memory?: string,
): Promise<void> {
  const asRoot = (await host.run({ file: "id", args: ["-u"] })).stdout.trim() === "0";
  const logged = (await host.stat(folder.qemuLog))?.sizeBytes ?? 0;
  const { pid } = await host.spawn(withMemoryOpen(launchCommand(launch, asRoot), memory), folder.qemuLog);
  if (asRoot) {
    await recordProcess(host, folder.process, pid);
  }
  await pollUntil(
    { what: `the start of ${folder.name}'s machine`, timeoutMs: START_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      // It is our child: while it runs, its pid can't be anyone else's.
      if (!(await host.kill(pid, 0))) {
        const said = Buffer.from((await readUsersFile(host, folder.qemuLog)) ?? "").subarray(logged);
        throw new CommandError(
          `${launch.command.file} for ${folder.name}, by ${folder.launch}`,
          undefined,
          said.toString("utf8"),
        );
      }
      return (await succeeds(monitor(host, folder, "query-status")))
        ? { done: true, value: undefined }
        : { done: false, seen: `QEMU (pid ${pid}) runs, but its QMP socket does not answer` };
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
export async function powerOff(host: Host, folder: NodeFolder): Promise<void> {
  await endMachine(host, folder);
}

/** Press the power button: the switch shuts itself down in its own time. */
export async function softOff(host: Host, folder: NodeFolder): Promise<void> {
  await monitor(host, folder, "system_powerdown");
}

/** Press the reset button: the switch boots again at once, from the files it has now. */
export async function reset(host: Host, folder: NodeFolder): Promise<void> {
  await withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, async (qmp) => {
    await qmp.execute("system_reset");
    // Who talks to the guest next must not talk to the one before.
    await qmp.event("RESET");
  });
}

/** Shut the machine down, and cut its power when that takes longer than the grace period. */
export async function stopMachine(
  host: Host,
  folder: NodeFolder,
  options: { readonly graceMs: number },
): Promise<StopOutcome> {
  const machine = await machineProcess(host, folder);
  if (machine === undefined) {
    return "was off";
  }
  if (await isFrozen(host, folder)) {
    await thawMachine(host, folder);
  }
  const graceMs = await graceOf(host, folder, options.graceMs);
  if (!(await succeeds(monitor(host, folder, "system_powerdown")))) {
    await killProcess(host, machine, folder.name);
    return "forced";
  }
  if (await endsWithin(host, machine, graceMs)) {
    return "clean";
  }
  await endMachine(host, folder);
  return "forced";
}

/** Who still boots does not hear the button and has nothing to lose; who panicked never will. */
async function graceOf(host: Host, folder: NodeFolder, graceMs: number): Promise<number> {
  if ((await panicReport(host, folder)) !== null) {
    return 0;
  }
  const agent = { socket: folder.agent, timeoutMs: ANSWER_TIMEOUT_MS };
  const isUp = await succeeds(withGuestAgent(host, agent, (inside) => inside.execute("guest-ping")));
  return isUp ? graceMs : Math.min(graceMs, SILENT_GRACE_MS);
}

async function endMachine(host: Host, folder: NodeFolder): Promise<void> {
  const machine = await machineProcess(host, folder);
  if (machine !== undefined) {
    const asked = await succeeds(monitor(host, folder, "quit"));
    if (!asked || !(await endsWithin(host, machine, QUIT_TIMEOUT_MS))) {
      await killProcess(host, machine, folder.name);
    }
  }
}

async function monitor(host: Host, folder: NodeFolder, command: string): Promise<unknown> {
  return withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, (qmp) => qmp.execute(command));
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
