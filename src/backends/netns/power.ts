import { CommandError } from "../../errors.ts";
import type { StopOutcome } from "../../nodes/machines.ts";
import { endsWithin, killProcess } from "../../system/end-process.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { isSandboxFrozen, thawSandbox } from "./freeze.ts";
import { launchSandboxes } from "./launch.ts";
import { runningSandbox, type Sandbox, sandboxPid } from "./process.ts";
import { isComplete, type KeptRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";
import type { SandboxFolder } from "./sandbox-folder.ts";

const UNPLUGGED_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/** Start a sandbox as the node was last brought up; nothing to do where it runs. */
export async function startSandbox(host: Host, runDir: string, folder: SandboxFolder): Promise<void> {
  if ((await sandboxPid(host, folder)) !== undefined) {
    return;
  }
  await launchSandboxes(host, runDir, [await recordOf(host, folder)]);
}

/** @throws CommandError where it is off. */
export async function sandboxOf(host: Host, folder: SandboxFolder): Promise<Sandbox> {
  const sandbox = await runningSandbox(host, folder);
  if (sandbox === undefined) {
    throw new CommandError(`power of ${folder.name}`, undefined, `${folder.name} is off`);
  }
  return sandbox;
}

/** How the node was last brought up. @throws CommandError where it never was. */
export async function recordOf(host: Host, folder: SandboxFolder): Promise<KeptRecord> {
  const record = await readRecord(host, folder);
  if (!isComplete(record)) {
    const problem = record === undefined ? "is missing" : "is of an earlier version";
    throw new CommandError(
      `start ${folder.name}`,
      undefined,
      `${folder.record} ${problem}: run 'ikvswitch up'`,
    );
  }
  return record;
}

/**
 * End a sandbox: its first process tells the neighbors and ends, and everything in it ends with that. Without a grace
 * period it is ended at once.
 */
export async function stopSandbox(host: Host, folder: SandboxFolder, graceMs: number): Promise<StopOutcome> {
  const sandbox = await runningSandbox(host, folder);
  if (sandbox === undefined) {
    return "was off";
  }
  if (await isSandboxFrozen(host, folder)) {
    await thawSandbox(host, folder);
  }
  // What is frozen hears nothing.
  if (graceMs > 0 && !(await isSandboxFrozen(host, folder))) {
    await signalProcess(host, sandbox, "SIGTERM");
    if (await endsWithin(host, sandbox, graceMs)) {
      return "clean";
    }
  }
  await killProcess(host, sandbox, folder.name);
  return graceMs > 0 ? "forced" : "clean";
}

/** The kernel takes the ports of a network namespace away some time after the last process in it has ended. */
export async function waitUntilUnplugged(host: Host, folder: SandboxFolder): Promise<void> {
  const record = await readRecord(host, folder);
  const ports = (record?.ports ?? []).map(({ hostEnd }) => hostEnd.name);
  await pollUntil(
    { what: `the end of ${folder.name}'s ports`, timeoutMs: UNPLUGGED_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      const devices = new Set(await host.list("/sys/class/net"));
      const left = ports.filter((port) => devices.has(port));
      return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(", ") };
    },
  );
}
