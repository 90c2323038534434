import type { Host } from "../system/host.ts";

/** Limit on all logs of a fabric together. */
export const LOGS_MIB = 64;

/** A log larger than the first size is cut down to its end, of the second size. */
export const LOG_BYTES = { most: 2 * 1024 * 1024, kept: 1024 * 1024 } as const;

/**
 * Returns the folder of all files that switches, QEMU and BMCs write without limit. It is a file system of its own, so
 * that a switch that fills it uses up space for logs only.
 */
export function logFolder(runDir: string): string {
  return `${runDir}/logs`;
}

/** Returns the folder for the logs of one switch or BMC. */
export function logsOf(runDir: string, name: string): string {
  return `${logFolder(runDir)}/${name}`;
}

/**
 * Makes the logs' folder and mounts its file system, unless that is done. False if root may not mount: logs are then in
 * the run directory's own file system.
 */
export async function mountLogs(host: Host, runDir: string): Promise<boolean> {
  const folder = logFolder(runDir);
  await host.makeDirectory(folder, 0o711);
  const options = `size=${LOGS_MIB}m,mode=0711,nosuid,nodev,noexec`;
  // Otherwise, two processes that start switches at the same time would mount it twice, one over the other's logs.
  const script = `mountpoint --quiet "$2" || mount --no-mtab -t tmpfs -o "$1" ikvswitch-logs "$2"`;
  const { exitCode } = await host.run(
    { file: "flock", args: [runDir, "sh", "-c", script, "sh", options, folder] },
    { okExitCodes: MOUNT_FAILURES },
  );
  return exitCode === 0;
}

/** Exit codes of mount(8): no permission, and other failures. */
const MOUNT_FAILURES = [1, 32];

/** Removes the logs' file system, even while a process still writes to it, and their folder. */
export async function removeLogs(host: Host, runDir: string): Promise<void> {
  const folder = logFolder(runDir);
  if ((await host.stat(folder)) === undefined) {
    return;
  }
  const script = 'while mountpoint --quiet "$1"; do umount --no-mtab --lazy "$1" || exit; done';
  await host.run({ file: "sh", args: ["-c", script, "sh", folder] });
  await host.remove(folder);
}

/** Cuts all long logs down to their ends. All their writers append. */
export async function shortenLogs(host: Host, runDir: string): Promise<void> {
  const folders = (await host.list(logFolder(runDir))).map((name) => logsOf(runDir, name));
  for (const folder of folders) {
    for (const name of await host.list(folder)) {
      await host.keepEnd(`${folder}/${name}`, LOG_BYTES);
    }
  }
}
