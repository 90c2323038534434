import { CommandError } from "../../errors.ts";
import type { StopOutcome } from "../../nodes/machines.ts";
import { endsWithin, killProcess } from "../../system/end-process.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { signalProcess } from "../../system/process-identity.ts";
import { isNetnsFrozen, thawNetns } from "./freeze.ts";
import { launchNetns } from "./launch.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import { hostEndNames } from "./netns-ports.ts";
import { netnsPid, type RunningNetns, runningNetns } from "./process.ts";
import { isComplete, type KeptRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";

const UNPLUGGED_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/** Starts a netns with the settings of the node's last `up`. Does nothing if it runs. */
export async function startNetns(host: Host, runDir: string, folder: NetnsFolder): Promise<void> {
  if ((await netnsPid(host, folder)) !== undefined) {
    return;
  }
  await launchNetns(host, runDir, [await recordOf(host, folder)]);
}

/** @throws CommandError if it is off. */
export async function netnsOf(host: Host, folder: NetnsFolder): Promise<RunningNetns> {
  const netns = await runningNetns(host, folder);
  if (netns === undefined) {
    throw new CommandError(`power of ${folder.name}`, undefined, `${folder.name} is off`);
  }
  return netns;
}

/** Returns the settings of the node's last `up`. @throws CommandError if it was never brought up. */
export async function recordOf(host: Host, folder: NetnsFolder): Promise<KeptRecord> {
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
 * Ends a netns: its first process notifies the neighbors and exits, which ends all other processes in it. Without a
 * grace period it is killed.
 */
export async function stopNetns(host: Host, folder: NetnsFolder, graceMs: number): Promise<StopOutcome> {
  const netns = await runningNetns(host, folder);
  if (netns === undefined) {
    return "was off";
  }
  if (await isNetnsFrozen(host, folder)) {
    await thawNetns(host, folder);
  }
  // A frozen process does not handle signals.
  if (graceMs > 0 && !(await isNetnsFrozen(host, folder))) {
    await signalProcess(host, netns, "SIGTERM");
    if (await endsWithin(host, netns, graceMs)) {
      return "clean";
    }
  }
  await killProcess(host, netns, folder.name);
  return graceMs > 0 ? "forced" : "clean";
}

/**
 * Waits until the ports are gone. The kernel removes the ports of a network namespace some time after its last process
 * has ended.
 */
export async function waitUntilUnplugged(host: Host, folder: NetnsFolder): Promise<void> {
  const record = await readRecord(host, folder);
  const ports = hostEndNames(record?.ports ?? []);
  await pollUntil(
    { what: `the end of ${folder.name}'s ports`, timeoutMs: UNPLUGGED_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      const devices = new Set(await host.list("/sys/class/net"));
      const left = ports.filter((port) => devices.has(port));
      return left.length === 0 ? { done: true, value: undefined } : { done: false, seen: left.join(", ") };
    },
  );
}
