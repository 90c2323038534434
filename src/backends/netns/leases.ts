import { CommandError } from "../../errors.ts";
import { LEASES_BYTES } from "../../nodes/leases-file.ts";
import type { Host } from "../../system/host.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import type { KeptRecord } from "./record.ts";
import { readRecord } from "./record-file.ts";

/**
 * Makes the file of DHCP leases for a netns that is about to start. If the file exists, only the netns has ended;
 * otherwise it is a copy of the one that was kept at the last `down`. If there is no space for it, the netns starts
 * without: it has to start even if logs have filled the file system.
 */
export async function restoreLeases(
  host: Host,
  folder: NetnsFolder,
  { leases, user }: Pick<KeptRecord, "leases" | "user">,
): Promise<void> {
  if (leases === undefined) {
    return;
  }
  if ((await host.stat(folder.leases)) === undefined) {
    const kept = (await isUsable(host, leases)) ? leases : "/dev/null";
    await copy(host, kept, folder.leases).catch(ignoreFailure);
  }
  if ((await host.stat(folder.leases)) !== undefined) {
    await host.run({ file: "chown", args: [`${user}:${user}`, folder.leases] });
  }
}

/**
 * Keeps the DHCP leases of a netns that has ended for its next start, in STATE_DIR.
 * @param onWarning called if that is not possible: `down` has to continue.
 */
export async function keepLeases(
  host: Host,
  folder: NetnsFolder,
  onWarning: (text: string) => void,
): Promise<void> {
  const leases = (await readRecord(host, folder))?.leases;
  if (leases === undefined || !(await isUsable(host, folder.leases))) {
    return;
  }
  try {
    await copy(host, folder.leases, leases);
  } catch (error) {
    ignoreFailure(error);
    onWarning(`cannot keep the DHCP leases of ${folder.name} in ${leases}: ${error.stderr.trim()}`);
  }
}

/** Reports whether the file exists. A switch or an emulator may have made it as large as it wants. */
async function isUsable(host: Host, file: string): Promise<boolean> {
  return ((await host.stat(file))?.sizeBytes ?? Number.POSITIVE_INFINITY) <= LEASES_BYTES;
}

/** Copies a file as a whole, with holes for zeros: both file systems have little space. */
async function copy(host: Host, from: string, to: string): Promise<void> {
  await host.run({ file: "sh", args: ["-c", COPY, "sh", from, to] });
}

const COPY = [
  "umask 077",
  'mkdir -p -m 0710 "$(dirname "$2")" && cp --sparse=always "$1" "$2.new" && mv "$2.new" "$2" && exit',
  'rm -f "$2.new"',
  "exit 1",
].join("\n");

function ignoreFailure(error: unknown): asserts error is CommandError {
  if (!(error instanceof CommandError)) {
    throw error;
  }
}
