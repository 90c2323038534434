import { CommandError } from "../../../errors.ts";
import type { Host } from "../../../system/host.ts";
import { readVersioned } from "../../../system/state-file.ts";
import { checkStoredName, isStoredName } from "../../../system/stored-name.ts";
import { checkFiles, diskMiB } from "../kept-files.ts";
import type { SnapshotManifest } from "./manifest.ts";

export function snapshotsFolder(stateDir: string): string {
  return `${stateDir}/snapshots`;
}

/** @throws UsageError for what is no snapshot's name, wherever it came from. */
export function snapshotFolder(stateDir: string, name: string): string {
  checkStoredName("a snapshot", name);
  return `${snapshotsFolder(stateDir)}/${name}`;
}

/** All complete snapshots, by name. */
export async function listSnapshots(host: Host, stateDir: string): Promise<readonly SnapshotManifest[]> {
  const names = (await host.list(snapshotsFolder(stateDir))).filter(isStoredName);
  const found = await Promise.all(names.map((name) => readSnapshot(host, stateDir, name)));
  return found.filter((manifest) => manifest !== undefined);
}

/** Undefined where there is none, or one of a version whose document differs. */
export async function readSnapshot(
  host: Host,
  stateDir: string,
  name: string,
): Promise<SnapshotManifest | undefined> {
  const path = `${snapshotFolder(stateDir, name)}/manifest.json`;
  const manifest = await readVersioned<SnapshotManifest>(host, path, MANIFEST_FORM);
  // A copy of a snapshot's folder is a snapshot, too.
  return manifest && { ...manifest, name };
}

const MANIFEST_FORM = {
  savedAt: "string",
  facts: "object",
  image: "object",
  nodes: "object",
  racked: "array",
  files: "object",
} as const;

/** @throws CommandError where there is none, naming those that are. */
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
 * What is wrong with a snapshot's files, a line each. One whose files have other stamps than when it was saved, as a copy
 * has, and are whole all the same, remembers these stamps, and is not read again the next time. For who holds the
 * network's lock, which keeps others from replacing it meanwhile.
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

/** Free for us on the file system of that folder. */
export async function freeMiB(host: Host, folder: string): Promise<number> {
  const { stdout } = await host.run({ file: "df", args: ["--output=avail", "--block-size=1M", folder] });
  return Number.parseInt(stdout.split("\n")[1] ?? "", 10);
}
