import { CommandError } from "../../errors.ts";
import { withMacvtap } from "../../host/macvtap.ts";
import type { PowerState, StopOutcome } from "../../nodes/machines.ts";
import { powerOf } from "../../nodes/power.ts";
import { withGuestAgent } from "../../qemu/guest-agent.ts";
import { cutPower, emulatorProcess, shutDown, startEmulator, succeeds } from "../../qemu/power.ts";
import type { Command, Host } from "../../system/host.ts";
import { panicReport } from "./console-log.ts";
import { isFrozen, pullCablesOfTapsDown, thawMachine } from "./faults.ts";
import { type Launch, launchCommand } from "./launch.ts";
import { readLaunch } from "./launch-file.ts";
import { COPY_DESCRIPTOR } from "./memory-source.ts";
import type { NodeFolder } from "./node-folder.ts";
import { machinePid } from "./process.ts";

/** Limit for any answer of a running VM's guest agent, on a busy host. */
const ANSWER_TIMEOUT_MS = 3_000;
const SILENT_GRACE_MS = 3_000;

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
  await startEmulator(host, folder, {
    command: withMemoryOpen(withMacvtapOpen(launchCommand(launch, asRoot), launch.macvtap), memory),
    asRoot,
    what: `${launch.command.file} for ${folder.name}, by ${folder.launch}`,
  });
}

function withMacvtapOpen(command: Command, macvtap: string | undefined): Command {
  return macvtap === undefined ? command : withMacvtap(macvtap, command);
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
  const machine = await emulatorProcess(host, folder);
  if (machine !== undefined) {
    await cutPower(host, folder, machine);
  }
}

/** Shuts the VM down, and cuts its power if that exceeds the grace period. */
export async function stopMachine(
  host: Host,
  folder: NodeFolder,
  options: { readonly graceMs: number },
): Promise<StopOutcome> {
  const machine = await emulatorProcess(host, folder);
  if (machine === undefined) {
    return "was off";
  }
  if (await isFrozen(host, folder)) {
    await thawMachine(host, folder);
  }
  const graceMs = await graceOf(host, folder, options.graceMs);
  return shutDown(host, folder, machine, graceMs);
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
