import { CommandError } from "../errors.ts";
import { endsWithin, killProcess } from "../system/end-process.ts";
import type { Command, Host } from "../system/host.ts";
import { pollUntil } from "../system/poll.ts";
import { type ProcessIdentity, processFacts } from "../system/process-identity.ts";
import { recordedProcess, recordProcess } from "../system/process-record.ts";
import { isTrusted, processArguments } from "../system/processes.ts";
import { withQmp } from "./qmp.ts";
import { readUsersFile } from "./users-file.ts";

/** A VM's QEMU: its name in messages, and the paths by which it is reached. */
export interface Emulator {
  readonly name: string;
  readonly qmp: string;
  /** QEMU's own output. */
  readonly qemuLog: string;
  /** Pid and start time of the process that root started last; see recordProcess. */
  readonly process: string;
}

/** What identifies the process of a VM's QEMU. */
export interface EmulatorFiles extends Pick<Emulator, "process"> {
  /** Folder of the VM. Belongs to root and the emulator's group. */
  readonly path: string;
  /** QEMU's own pid file, which the emulator's user may change. */
  readonly pid: string;
}

const START_TIMEOUT_MS = 60_000;
const QMP_TIMEOUT_MS = 5_000;
const QUIT_TIMEOUT_MS = 5_000;
const POLL_MS = 50;
const PRESS_AGAIN_MS = 5_000;

/**
 * Starts QEMU, and returns when it has set up all its devices.
 * @param command with its confinement.
 * @param asRoot true if our process is root, and may record QEMU's.
 * @param what names the command in an error: `qemu-system-x86_64 for leaf1`.
 * @throws CommandError with QEMU's error message if it does not start.
 */
export async function startEmulator(
  host: Host,
  emulator: Emulator,
  { command, what, asRoot }: { readonly command: Command; readonly what: string; readonly asRoot: boolean },
): Promise<void> {
  const { name, qemuLog, process } = emulator;
  const logged = (await host.stat(qemuLog))?.sizeBytes ?? 0;
  const { pid } = await host.spawn(command, qemuLog);
  if (asRoot) {
    await recordProcess(host, process, pid);
  }
  await pollUntil(
    { what: `the start of ${name}'s machine`, timeoutMs: START_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      // It is a child of this process: while it runs, no other process can have its pid.
      if (!(await host.kill(pid, 0))) {
        const said = Buffer.from((await readUsersFile(host, qemuLog)) ?? "").subarray(logged);
        throw new CommandError(what, undefined, said.toString("utf8"));
      }
      return (await succeeds(monitor(host, emulator, "query-status")))
        ? { done: true, value: undefined }
        : { done: false, seen: `QEMU (pid ${pid}) runs, but its QMP socket does not answer` };
    },
  );
}

/**
 * Returns the process of a VM's QEMU, or undefined if it does not run. This is the process that root recorded, whatever
 * its command line. Otherwise it is the one with the pid in QEMU's pid file, if it belongs to the emulator's group and
 * its command line names that file: this is the case after its BMC, which is not root, has started it, and after its
 * starter was killed.
 */
export async function emulatorProcess(
  host: Host,
  files: EmulatorFiles,
): Promise<ProcessIdentity | undefined> {
  const recorded = await recordedProcess(host, files.process).catch(() => undefined);
  if (recorded !== undefined) {
    return recorded;
  }
  const pid = Number((await readUsersFile(host, files.pid))?.trim());
  if (!Number.isInteger(pid) || pid <= 0) {
    return undefined;
  }
  const [args, facts, status] = await Promise.all([
    processArguments(host, pid),
    processFacts(host, pid),
    host.stat(files.path),
  ]);
  const isMachine = args.some((argument, index) => argument === files.pid && args[index - 1] === "-pidfile");
  return isMachine && facts !== undefined && isTrusted(facts, status?.gid)
    ? { pid: facts.pid, startTicks: facts.startTicks }
    : undefined;
}

/** Presses the power button: the guest shuts itself down in its own time. */
export async function pressPowerButton(host: Host, emulator: Emulator): Promise<void> {
  await monitor(host, emulator, "system_powerdown");
}

/** Sends a non-maskable interrupt. */
export async function interrupt(host: Host, emulator: Emulator): Promise<void> {
  await monitor(host, emulator, "inject-nmi");
}

/** Presses the reset button: the guest starts again at once. */
export async function pressReset(host: Host, { qmp }: Emulator): Promise<void> {
  await withQmp(host, { socket: qmp, timeoutMs: QMP_TIMEOUT_MS }, async (conversation) => {
    await conversation.execute("system_reset");
    // The next client must reach the rebooted guest, not the previous one.
    await conversation.event("RESET");
  });
}

/**
 * Presses the power button, again and again since a guest that still boots does not see it, and cuts the power if the
 * guest does not end within the grace period.
 */
export async function shutDown(
  host: Host,
  emulator: Emulator,
  machine: ProcessIdentity,
  graceMs: number,
): Promise<"clean" | "forced"> {
  if (!(await succeeds(pressPowerButton(host, emulator)))) {
    await killProcess(host, machine, emulator.name);
    return "forced";
  }
  const deadline = Date.now() + graceMs;
  while (!(await endsWithin(host, machine, Math.min(PRESS_AGAIN_MS, deadline - Date.now())))) {
    if (Date.now() >= deadline) {
      await cutPower(host, emulator, machine);
      return "forced";
    }
    await succeeds(pressPowerButton(host, emulator));
  }
  return "clean";
}

/** Ends QEMU: by its monitor, or else by a signal. */
export async function cutPower(host: Host, emulator: Emulator, machine: ProcessIdentity): Promise<void> {
  const asked = await succeeds(monitor(host, emulator, "quit"));
  if (!asked || !(await endsWithin(host, machine, QUIT_TIMEOUT_MS))) {
    await killProcess(host, machine, emulator.name);
  }
}

async function monitor(host: Host, { qmp }: Emulator, command: string): Promise<unknown> {
  return withQmp(host, { socket: qmp, timeoutMs: QMP_TIMEOUT_MS }, (conversation) =>
    conversation.execute(command),
  );
}

export function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
