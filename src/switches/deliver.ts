import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { guestExec } from "./qemu/guest-exec.ts";
import { reset } from "./qemu/machine.ts";
import { nodePaths } from "./qemu/paths.ts";

const APPLY_TIMEOUT_MS = 60_000;
/** What `ikv-apply` ends with when files are in place that take a reboot to take effect. */
const TAKES_REBOOT = 10;
/** Of the disk on which a node finds its files. It can't grow while a machine has it. */
const DISK_BYTES = 4 * 1024 * 1024;

/** A node's rendered files as the disk that its machine boots from, and their digest. */
export interface NodeDisk {
  /** A cpio archive. */
  readonly archive: Uint8Array;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
}

/** Whether the node's machine already has these files: booted with them, or was given them since. */
export async function hasFiles(
  host: Host,
  runDir: string,
  nodeName: string,
  disk: NodeDisk,
): Promise<boolean> {
  return (await host.readFile(nodePaths(runDir, nodeName).appliedDigest))?.trim() === disk.digest;
}

/** Put the files where a machine that is off will find them. */
export async function writeDisk(host: Host, runDir: string, nodeName: string, disk: NodeDisk): Promise<void> {
  const paths = nodePaths(runDir, nodeName);
  await host.writeFile(paths.nodeFiles, padded(nodeName, disk.archive));
  await host.writeFile(paths.appliedDigest, `${disk.digest}\n`);
}

/**
 * Give a running switch new files. It applies what changed while its traffic goes on, or boots again where that
 * is not enough.
 */
export async function updateRunning(
  host: Host,
  runDir: string,
  nodeName: string,
  disk: NodeDisk,
): Promise<"applied" | "rebooted"> {
  const paths = nodePaths(runDir, nodeName);
  // Written in place: the machine has this very file open, and would go on to see the old one otherwise.
  await host.run({
    file: "dd",
    args: [`of=${paths.nodeFiles}`, `bs=${DISK_BYTES}`, "iflag=fullblock", "conv=notrunc", "status=none"],
    input: padded(nodeName, disk.archive),
  });
  const { exitCode } = await guestExec(
    host,
    { file: "/usr/sbin/ikv-apply", args: ["--disk"] },
    { socket: paths.agent, timeoutMs: APPLY_TIMEOUT_MS, okExitCodes: [TAKES_REBOOT] },
  );
  if (exitCode === TAKES_REBOOT) {
    await reset(host, runDir, nodeName);
  }
  // Last: had we been killed before, the next `up` must apply again.
  await host.writeFile(paths.appliedDigest, `${disk.digest}\n`);
  return exitCode === TAKES_REBOOT ? "rebooted" : "applied";
}

function padded(nodeName: string, archive: Uint8Array): Uint8Array {
  if (archive.length > DISK_BYTES) {
    const reason = `the node's files are ${archive.length} bytes, its disk holds ${DISK_BYTES}`;
    throw new CommandError(`files of ${nodeName}`, undefined, reason);
  }
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(archive);
  return disk;
}
