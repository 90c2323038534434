import { CommandError } from "../../errors.ts";
import { readAppliedFile, writeAppliedFile } from "../../nodes/applied-file.ts";
import { guestExec } from "../../qemu/guest-exec.ts";
import { pressReset } from "../../qemu/power.ts";
import type { FileDigests } from "../../render/hash.ts";
import type { Host } from "../../system/host.ts";
import type { NodeFolder } from "./node-folder.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** Exit code of `ikv-apply` if the files are in place but need a reboot to take effect. */
const TAKES_REBOOT = 10;
/** A VM's disk can't grow while it runs, so it has room for future files. */
export const DISK_BYTES = 4 * 1024 * 1024;

/** @throws CommandError if a node's files exceed the size of its disk. */
export function assertFitsDisk(nodeName: string, archive: Uint8Array): void {
  if (archive.length > DISK_BYTES) {
    const reason = `archive of ${archive.length} bytes exceeds the disk of ${DISK_BYTES} bytes`;
    throw new CommandError(`files of ${nodeName}`, undefined, reason);
  }
}

/** Returns the archive as a disk for a VM. All nodes' disks have the same size. */
function diskOf(archive: Uint8Array): Uint8Array {
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(archive);
  return disk;
}

/** The files for a node's VM. */
export interface NodeDelivery {
  /** The files as a cpio archive. */
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
}

/** Returns the digests of the files that the node's VM booted with or received since; undefined if unknown. */
export async function readApplied(host: Host, folder: NodeFolder): Promise<FileDigests | undefined> {
  return readAppliedFile(host, folder.applied);
}

/** Writes the files to the disk from which a stopped VM will boot. */
export async function writeDisk(host: Host, folder: NodeFolder, delivery: NodeDelivery): Promise<void> {
  await host.writeFile(folder.nodeFiles, diskOf(delivery.archive));
  await writeAppliedFile(host, folder.applied, delivery.digests);
}

/**
 * Sends new files to a running switch. It applies the changes without interrupting its traffic, or reboots if that is
 * not enough.
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
    await pressReset(host, folder);
  }
  // Last: if this process is killed before, the next `up` must apply the files again.
  await writeAppliedFile(host, folder.applied, delivery.digests);
  return exitCode === TAKES_REBOOT ? "rebooted" : "updated";
}

/** Changes the files with which a node's VM boots the next time. Does nothing if it has no disk yet. */
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

/** Writes in place: the VM has this very file open, and would continue to read the old one otherwise. */
async function rewriteDisk(host: Host, folder: NodeFolder, archive: Uint8Array): Promise<void> {
  const disk = diskOf(archive);
  await host.run({
    file: "dd",
    args: [`of=${folder.nodeFiles}`, `bs=${disk.length}`, "iflag=fullblock", "conv=notrunc", "status=none"],
    input: disk,
  });
}
