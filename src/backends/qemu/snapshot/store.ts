import { CommandError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import { checkStoredName, isStoredName } from "../../../system/stored-name.ts";
import { checkFiles, diskMiB } from "../kept-files.ts";
import type { SnapshotManifest } from "./manifest.ts";

export function snapshotsFolder(stateDir: string): string {
  return `${stateDir}/snapshots`;
}

/** @throws UsageError if the name is not valid for a snapshot, whatever its origin. */
export function snapshotFolder(stateDir: string, name: string): string {
  checkStoredName("a snapshot", name);
  return `${snapshotsFolder(stateDir)}/${name}`;
}

/** Returns all complete snapshots, by name. */
export async function listSnapshots(host: Host, stateDir: string): Promise<readonly SnapshotManifest[]> {
  const names = (await host.list(snapshotsFolder(stateDir))).filter(isStoredName);
  const found = await Promise.all(names.map((name) => readSnapshot(host, stateDir, name)));
  return found.filter((manifest) => manifest !== undefined);
}

/** Reads a snapshot's manifest; undefined if there is none, or its version is not supported. */
export async function readSnapshot(
  host: Host,
  stateDir: string,
  name: string,
): Promise<SnapshotManifest | undefined> {
  const manifest = await readManifest(host, snapshotFolder(stateDir, name));
  // A copy of a snapshot's folder is a snapshot too, with the folder's name.
  return manifest && { ...manifest, name };
}

/** Reads the manifest in this folder; undefined if there is none, or its version is not supported. */
export function readManifest(host: Host, folder: string): Promise<SnapshotManifest | undefined> {
  return readVersioned<SnapshotManifest>(host, `${folder}/manifest.json`, MANIFEST_FORM);
}

const MANIFEST_FORM = {
  savedAt: "string",
  facts: "object",
  image: "object",
  nodes: "object",
  racked: "array",
  files: "object",
} as const;

/** @throws CommandError that names the existing snapshots, if there is none of this name. */
export async function findSnapshot(host: Host, stateDir: string, name: string): Promise<SnapshotManifest> {
  const found = await readSnapshot(host, stateDir, name);
  if (found === undefined) {
    const others = (await listSnapshots(host, stateDir)).map((one) => one.name);
    const known = others.length === 0 ? "there are no snapshots" : `choose from ${others.join(", ")}`;
    throw new CommandError(`snapshot ${name}`, undefined, `no such snapshot; ${known}`);
  }
  return found;
}

/**
 * Returns the problems of a snapshot's files, a line each. If all files are whole but their stamps (size, inode, ctime)
 * differ from the saved ones, as those of a copy do, this saves the new stamps, so that the files are not read again
 * the next time. The caller must hold the network's lock, so that the snapshot is not replaced meanwhile.
 */
export async function verifySnapshot(
  host: Host,
  stateDir: string,
  manifest: SnapshotManifest,
): Promise<readonly string[]> {
  const folder = snapshotFolder(stateDir, manifest.name);
  const { problems, files } = await checkFiles(host, folder, manifest.files);
  const isNews = Object.entries(files).some(([name, { stamp }]) => manifest.files[name]?.stamp !== stamp);
  if (problems.length === 0 && isNews) {
    await writeManifest(host, folder, { ...manifest, files });
  }
  return problems;
}

export async function writeManifest(host: Host, folder: string, manifest: SnapshotManifest): Promise<void> {
  await host.writeFile(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
}

export async function snapshotDiskMiB(host: Host, stateDir: string, name: string): Promise<number> {
  return diskMiB(host, snapshotFolder(stateDir, name));
}

/** Returns the space available to this process on the file system of that folder. */
export async function freeMiB(host: Host, folder: string): Promise<number> {
  const { stdout } = await host.run({ file: "df", args: ["--output=avail", "--block-size=1M", folder] });
  return Number.parseInt(stdout.split("\n")[1] ?? "", 10);
}
