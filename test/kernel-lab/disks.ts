import { readFile, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { writeCpio } from "../../src/image/cpio.ts";
import { projectPath } from "../integration/namespace.ts";

/** Writes the project's disk, uncompressed: decompression is slow on an emulated machine, and disk space is cheap. */
export async function writeProjectDisk(path: string): Promise<void> {
  // Packages for development only, which are most of the size.
  const unneeded = ["^\\.git(/|$)", "^node_modules/(typescript|@typescript|@biomejs|@types)(/|$)"];
  await execa("mkfs.erofs", [
    "--quiet",
    ...unneeded.map((regex) => `--exclude-regex=${regex}`),
    path,
    projectPath(""),
  ]);
}

/**
 * Writes the files that turn the switches' image into the lab. The first process unpacks them over the image, as it
 * does with a node's files.
 * @param machine the file below guest/ for this kind of lab machine
 */
export async function writeNodeDisk(
  path: string,
  machine: "emulated-machine" | "user-mode-linux",
  command: string,
): Promise<void> {
  const guestFile = (name: string) => readFile(projectPath(`test/kernel-lab/guest/${name}`));
  const archive = writeCpio([
    { path: "etc/inittab", mode: 0o644, content: await guestFile("inittab") },
    { path: "usr/lib/ikvswitch/lab", mode: 0o755, content: await guestFile("lab") },
    { path: "usr/lib/ikvswitch/lab-machine", mode: 0o644, content: await guestFile(machine) },
    { path: "etc/ikvswitch/lab-command", mode: 0o644, content: command },
  ]);
  const disk = new Uint8Array(DISK_BYTES);
  disk.set(archive);
  await writeFile(path, disk);
}

const DISK_BYTES = 64 * 1024;
