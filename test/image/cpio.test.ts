import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceInCpio, writeCpio } from "../../src/image/cpio.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-cpio-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const ENTRIES = [
  { path: "etc/hostname", mode: 0o644, content: "leaf1\n" },
  { path: "etc/ssh/ssh_host_ed25519_key", mode: 0o600, content: "secret\n" },
  { path: "etc/empty", mode: 0o644, content: "" },
  { path: "root/.ssh/authorized_keys", mode: 0o600, content: "ssh-ed25519 AAAA ünïcode\n" },
  { path: "usr/bin/odd", mode: 0o755, content: new Uint8Array([0, 1, 2, 255, 254]) },
];

/** Unpacks with cpio(1), with zeros after the archive as on a node disk. */
async function unpack(archive: Uint8Array): Promise<void> {
  const disk = new Uint8Array(64 * 1024);
  disk.set(archive);
  await writeFile(join(folder, "archive"), disk);
  await host.run({
    file: "cpio",
    args: ["-idm", "--quiet", "--no-absolute-filenames", "-D", folder, "-F", join(folder, "archive")],
  });
}

describe("a cpio archive", () => {
  it("is unpacked by cpio(1) with the same contents and modes, also with zeros after it", async () => {
    await unpack(writeCpio(ENTRIES));
    for (const { path, mode, content } of ENTRIES) {
      expect(await readFile(join(folder, path))).toEqual(Buffer.from(content));
      expect((await stat(join(folder, path))).mode & 0o7777).toBe(mode);
    }
  });

  it("contains the folders of its files; those of root and of keys are closed to others", async () => {
    await unpack(writeCpio(ENTRIES));
    const modes = await Promise.all(
      ["etc", "etc/ssh", "root", "root/.ssh"].map(async (path) => (await stat(join(folder, path))).mode),
    );
    expect(modes.map((mode) => mode & 0o7777)).toEqual([0o755, 0o755, 0o700, 0o700]);
  });

  it("is listed by cpio(1) as root's, with every path once", async () => {
    await writeFile(join(folder, "archive"), writeCpio(ENTRIES));
    const { stdout } = await host.run({
      file: "cpio",
      args: ["-itv", "--quiet", "--numeric-uid-gid", "-F", join(folder, "archive")],
    });
    const lines = stdout.trim().split("\n");
    const paths = lines.map((line) => line.split(/\s+/).at(-1));
    expect(paths).toEqual([
      ...["etc", "etc/ssh", "root", "root/.ssh", "usr", "usr/bin"],
      ...ENTRIES.map(({ path }) => path),
    ]);
    expect(lines.every((line) => /^\S+\s+\d+ 0\s+0\s/.test(line))).toBe(true);
  });

  it("is the same, byte for byte, for the same files", () => {
    expect(writeCpio(ENTRIES)).toEqual(writeCpio(structuredClone(ENTRIES)));
  });
});

describe("changing one file of an archive", () => {
  it("has the same result as writing a new archive, also with zeros after it", () => {
    const disk = new Uint8Array(64 * 1024);
    disk.set(writeCpio(ENTRIES));
    const changed = ENTRIES.map((entry) =>
      entry.path === "etc/empty" ? { ...entry, content: "no more: ünïcode\n" } : entry,
    );
    expect(replaceInCpio(disk, "etc/empty", "no more: ünïcode\n")).toEqual(writeCpio(changed));
  });

  it("refuses data that is no archive, and a file that is not in the archive", () => {
    const archive = writeCpio(ENTRIES);
    for (const wrong of [new Uint8Array(), archive.subarray(0, 200), archive.subarray(3)]) {
      expect(() => replaceInCpio(wrong, "etc/empty", "")).toThrow("not a cpio archive");
    }
    expect(() => replaceInCpio(archive, "etc/other", "")).toThrow("the archive lacks etc/other");
  });
});
