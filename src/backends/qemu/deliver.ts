import { CommandError } from "../../errors.ts";
import { readAppliedFile, writeAppliedFile } from "../../nodes/applied-file.ts";
import type { FileDigests } from "../../render/hash.ts";
import type { Host } from "../../system/host.ts";
import { guestExec } from "./guest-exec.ts";
import { reset } from "./machine.ts";
import { type NodePaths, nodePaths } from "./paths.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** What `ikv-apply` ends with when files are in place that take a reboot to take effect. */
const TAKES_REBOOT = 10;
/** A machine's disk can't grow while it runs, so it is made with room for files to come. */
export const DISK_BYTES = 4 * 1024 * 1024;

/** @throws CommandError when a node's files are more than its disk can hold. */
export function assertFitsDisk(nodeName: string, archive: Uint8Array): void {
  if (archive.length > DISK_BYTES) {
    const reason = `they take ${archive.length} bytes, the disk that carries them holds ${DISK_BYTES}`;
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
  readonly node: string;
  /** Its files as a cpio archive. */
  readonly archive: Uint8Array;
  readonly digests: FileDigests;
}

/** What the node's machine booted with or was given since; undefined where that is not known. */
export async function readApplied(
  host: Host,
  runDir: string,
  nodeName: string,
): Promise<FileDigests | undefined> {
  return readAppliedFile(host, nodePaths(runDir, nodeName).applied);
}

/** Put the files where a machine that is off will find them. */
export async function writeDisk(host: Host, runDir: string, delivery: NodeDelivery): Promise<void> {
  const paths = nodePaths(runDir, delivery.node);
  await host.writeFile(paths.nodeFiles, diskOf(delivery.archive));
  await writeAppliedFile(host, paths.applied, delivery.digests);
}

/**
 * Give a running switch new files. It applies what changed while its traffic goes on, or boots again where that
 * is not enough.
 */
export async function updateRunning(
  host: Host,
  runDir: string,
  delivery: NodeDelivery,
): Promise<"updated" | "rebooted"> {
  const { node, digests } = delivery;
  const paths = nodePaths(runDir, node);
  await rewriteDisk(host, paths, delivery.archive);
  const { exitCode } = await guestExec(
    host,
    { file: "/usr/sbin/ikv-apply", args: ["--disk"] },
    { socket: paths.agent, timeoutMs: APPLY_TIMEOUT_MS, okExitCodes: [TAKES_REBOOT] },
  );
  if (exitCode === TAKES_REBOOT) {
    await reset(host, runDir, node);
  }
  // Last: had we been killed before, the next `up` must apply again.
  await writeAppliedFile(host, paths.applied, digests);
  return exitCode === TAKES_REBOOT ? "rebooted" : "updated";
}

/** Change what a node's machine finds when it boots the next time; nothing to do where it has no disk yet. */
export async function changeDisk(
  host: Host,
  runDir: string,
  nodeName: string,
  change: (archive: Uint8Array) => Uint8Array,
): Promise<void> {
  const paths = nodePaths(runDir, nodeName);
  const disk = await host.readBytes(paths.nodeFiles, { maxBytes: DISK_BYTES, followLinks: false });
  if (disk !== undefined) {
    const archive = change(disk);
    assertFitsDisk(nodeName, archive);
    await rewriteDisk(host, paths, archive);
  }
}

/** Written in place: a machine has this very file open, and would go on to see the old one otherwise. */
async function rewriteDisk(host: Host, paths: NodePaths, archive: Uint8Array): Promise<void> {
  const disk = diskOf(archive);
  await host.run({
    file: "dd",
    args: [`of=${paths.nodeFiles}`, `bs=${disk.length}`, "iflag=fullblock", "conv=notrunc", "status=none"],
    input: disk,
  });
}
