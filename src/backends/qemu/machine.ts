import { CommandError } from "../../errors.ts";
import type { PowerState, StopOutcome } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import { withGuestAgent } from "../../qemu/guest-agent.ts";
import { withQmp } from "../../qemu/qmp.ts";
import { readUsersFile } from "../../qemu/users-file.ts";
import { endsWithin, killProcess } from "../../system/end-process.ts";
import type { Command, Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { recordProcess } from "../../system/process-record.ts";
import { panicReport } from "./console-log.ts";
import { isFrozen, pullCablesOfTapsDown, thawMachine } from "./faults.ts";
import { type Launch, launchCommand } from "./launch.ts";
import { readLaunch } from "./launch-file.ts";
import { COPY_DESCRIPTOR } from "./memory-source.ts";
import type { NodeFolder } from "./node-folder.ts";
import { machinePid, machineProcess } from "./process.ts";

const START_TIMEOUT_MS = 60_000;
const QMP_TIMEOUT_MS = 5_000;
/** Limit for any answer of a running VM's guest agent, on a busy host. */
const ANSWER_TIMEOUT_MS = 3_000;
const SILENT_GRACE_MS = 3_000;
const QUIT_TIMEOUT_MS = 5_000;
const POLL_MS = 50;

/** Reports whether the node's VM runs. */
export async function powerState(host: Host, folder: NodeFolder): Promise<PowerState> {
  return powerOf(host, await machinePid(host, folder));
}

/**
 * Starts the node's VM with the settings of its last `up`. Does nothing if it runs. Returns when QEMU has set up all
 * its devices and the VM's processor runs.
 * @throws CommandError with QEMU's error message if it does not start, or if the node was never brought up.
 */
export async function powerOn(host: Host, folder: NodeFolder): Promise<void> {
  if ((await machinePid(host, folder)) !== undefined) {
    return;
  }
  const launch = await launchOf(host, folder);
  await startMachine(host, folder, launch);
  await pullCablesOfTapsDown(host, folder, launch);
}

/** Returns the launch of the node's last `up`. @throws CommandError if it was never brought up. */
export async function launchOf(host: Host, folder: NodeFolder): Promise<Launch> {
  const launch = await readLaunch(host, folder);
  if (launch === undefined) {
    const said = `${folder.launch} is missing: run 'ikvswitch up'`;
    throw new CommandError(`start ${folder.name}`, undefined, said);
  }
  return launch;
}

/**
 * Starts a VM, and returns when QEMU has set up all its devices.
 * @param memory path of the memory copy that QEMU must find open; see MemoryCopies.
 * @throws CommandError with QEMU's error message if it does not start.
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
      // It is a child of this process: while it runs, no other process can have its pid.
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

/** Opens the file as root, for a VM that may reopen it through its descriptor. */
function withMemoryOpen(command: Command, memory: string | undefined): Command {
  const script = `exec ${COPY_DESCRIPTOR}<"$1"; shift; exec "$@"`;
  return memory === undefined
    ? command
    : { ...command, file: "sh", args: ["-c", script, "sh", memory, command.file, ...command.args] };
}

/** Cuts the power. */
export async function powerOff(host: Host, folder: NodeFolder): Promise<void> {
  await endMachine(host, folder);
}

/** Presses the power button: the switch shuts itself down in its own time. */
export async function softOff(host: Host, folder: NodeFolder): Promise<void> {
  await monitor(host, folder, "system_powerdown");
}

/** Presses the reset button: the switch reboots at once, from its current files. */
export async function reset(host: Host, folder: NodeFolder): Promise<void> {
  await withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, async (qmp) => {
    await qmp.execute("system_reset");
    // The next client must reach the rebooted guest, not the previous one.
    await qmp.event("RESET");
  });
}

/** Shuts the VM down, and cuts its power if that exceeds the grace period. */
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

/**
 * Returns a shorter grace period for a VM that does not react to the power button. One that still boots has nothing to
 * lose; one that panicked will never react.
 */
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
