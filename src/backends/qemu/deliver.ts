import { CommandError } from "../../errors.ts";
import { readAppliedFile, writeAppliedFile } from "../../nodes/applied-file.ts";
import type { FileDigests } from "../../render/hash.ts";
import type { Host } from "../../system/host.ts";
import { guestExec } from "./guest-exec.ts";
import { reset } from "./machine.ts";
import type { NodeFolder } from "./node-folder.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** What `ikv-apply` ends with when files are in place that take a reboot to take effect. */
const TAKES_REBOOT = 10;
/** A machine's disk can't grow while it runs, so it is made with room for files to come. */
export const DISK_BYTES = 4 * 1024 * 1024;

/** @throws CommandError when a node's files are more than its disk can hold. */
export function assertFitsDisk(nodeName: string, archive: Uint8Array): void {
  if (archive.length > DISK_BYTES) {
    const reason = `archive of ${archive.length} bytes exceeds the disk of ${DISK_BYTES} bytes`;
    throw new CommandError(`files of ${nodeName}`, undefined, reason);
  }
}

/** The archive as the disk that a machine reads it from, of the size that all nodes' have. */
function diskOf(archive: Uint8Array): Uint8Array {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(archive);
  return disk;
}

/** What a node's machine is given. */
export interface NodeDelivery {
  /** Its files as a cpio archive. */
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
}

/** What the node's machine booted with or was given since; undefined where that is not known. */
export async function readApplied(host: Host, folder: NodeFolder): Promise<FileDigests | undefined> {
  return readAppliedFile(host, folder.applied);
}

/** Put the files where a machine that is off will find them. */
export async function writeDisk(host: Host, folder: NodeFolder, delivery: NodeDelivery): Promise<void> {
  await host.writeFile(folder.nodeFiles, diskOf(delivery.archive));
  await writeAppliedFile(host, folder.applied, delivery.digests);
}

/**
 * Give a running switch new files. It applies what changed while its traffic goes on, or boots again where that
 * is not enough.
 */
export async function updateRunning(
  host: Host,
  folder: NodeFolder,
  delivery: NodeDelivery,
): Promise<"updated" | "rebooted"> {
  await rewriteDisk(host, folder, delivery.archive);
  const { exitCode } = await guestExec(
    host,
    { file: "/usr/sbin/ikv-apply", args: ["--disk"] },
    { socket: folder.agent, timeoutMs: APPLY_TIMEOUT_MS, okExitCodes: [TAKES_REBOOT] },
  );
  if (exitCode === TAKES_REBOOT) {
    await reset(host, folder);
  }
  // Last: had we been killed before, the next `up` must apply again.
  await writeAppliedFile(host, folder.applied, delivery.digests);
  return exitCode === TAKES_REBOOT ? "rebooted" : "updated";
}

/** Change what a node's machine finds when it boots the next time; nothing to do where it has no disk yet. */
export async function changeDisk(
  host: Host,
  folder: NodeFolder,
  change: (archive: Uint8Array) => Uint8Array,
): Promise<void> {
  const disk = await host.readBytes(folder.nodeFiles, { maxBytes: DISK_BYTES, followLinks: false });
  if (disk !== undefined) {
    const archive = change(disk);
    assertFitsDisk(folder.name, archive);
    await rewriteDisk(host, folder, archive);
  }
}

/** Written in place: a machine has this very file open, and would go on to see the old one otherwise. */
async function rewriteDisk(host: Host, folder: NodeFolder, archive: Uint8Array): Promise<void> {
  const disk = diskOf(archive);
  await host.run({
    file: "dd",
    args: [`of=${folder.nodeFiles}`, `bs=${disk.length}`, "iflag=fullblock", "conv=notrunc", "status=none"],
    input: disk,
  });
}
