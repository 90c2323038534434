import { cp, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeFiles } from "../../../src/backends/qemu/kept-files.ts";
import type { SnapshotManifest } from "../../../src/backends/qemu/snapshot/manifest.ts";
import {
  findSnapshot,
  readSnapshot,
  snapshotFolder,
  verifySnapshot,
  writeManifest,
} from "../../../src/backends/qemu/snapshot/store.ts";
import { UsageError } from "../../../src/errors.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
const MANIFEST = {
  version: 1,
  savedAt: "2026-01-02T03:04:05Z",
  facts: {},
  image: {},
  nodes: {},
  racked: [],
};
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(`${tmpdir()}/ikvswitch-kept-`);
  const folder = snapshotFolder(stateDir, "one");
  await host.writeFile(`${folder}/leaf1/memory`, "what it knew");
  await host.writeFile(`${folder}/leaf1/state`, "where it was");
  const files = await describeFiles(host, folder, ["leaf1/memory", "leaf1/state"]);
  await writeManifest(host, folder, { ...MANIFEST, name: "one", files } as unknown as SnapshotManifest);
  await cp(folder, snapshotFolder(stateDir, "copy"), { recursive: true });
});

afterEach(() => rm(stateDir, { recursive: true }));

async function manifestOf(name: string): Promise<SnapshotManifest> {
  const manifest = await readSnapshot(host, stateDir, name);
  if (manifest === undefined) {
    throw new Error(`${name} has no manifest`);
  }
  return manifest;
}

async function stampsOf(name: string): Promise<readonly string[]> {
  return Object.values((await manifestOf(name)).files).map(({ stamp }) => stamp);
}

it("a snapshot is found by its name only, not by a path to another folder with a manifest", async () => {
  await cp(snapshotFolder(stateDir, "one"), `${stateDir}/images/one`, { recursive: true });
  for (const name of ["../images/one", "../snapshots/one", "./one", "one/", ".", ""]) {
    await expect(findSnapshot(host, stateDir, name)).rejects.toBeInstanceOf(UsageError);
  }
  expect((await findSnapshot(host, stateDir, "one")).name).toBe("one");
});

describe("a copied snapshot", () => {
  it("passes verification, and its manifest then has its own timestamps and inodes with the same checksums", async () => {
    const before = await manifestOf("copy");
    expect(await verifySnapshot(host, stateDir, before)).toEqual([]);
    const now = await describeFiles(host, snapshotFolder(stateDir, "copy"), Object.keys(before.files));
    expect((await manifestOf("copy")).files).toEqual(now);
    expect(await stampsOf("copy")).not.toEqual(await stampsOf("one"));
  });

  it("is read again if somebody has written to it since, even if its modification time was set back", async () => {
    await verifySnapshot(host, stateDir, await manifestOf("copy"));
    const stamps = await stampsOf("copy");
    const memory = `${snapshotFolder(stateDir, "copy")}/leaf1/memory`;
    await writeFile(memory, "what I say..");
    await utimes(memory, 0, 0);
    expect(await verifySnapshot(host, stateDir, await manifestOf("copy"))).toEqual([
      "leaf1/memory is corrupt: its checksum differs",
    ]);
    expect(await stampsOf("copy")).toEqual(stamps);
  });

  it("keeps its manifest unchanged if a file is missing", async () => {
    const stamps = await stampsOf("copy");
    await rm(`${snapshotFolder(stateDir, "copy")}/leaf1/state`);
    expect(await verifySnapshot(host, stateDir, await manifestOf("copy"))).toEqual([
      "leaf1/state is missing",
    ]);
    expect(await stampsOf("copy")).toEqual(stamps);
  });
});
