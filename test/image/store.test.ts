import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { imageRecipe } from "../../src/image/recipe.ts";
import {
  bootFiles,
  findImage,
  imageFolder,
  listImages,
  type Manifest,
  removeImage,
  verifyImage,
} from "../../src/image/store.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
const RECIPE = imageRecipe(
  {
    release: "trixie",
    mirror: "http://deb.debian.org/debian",
    securityMirror: "http://security.debian.org/debian-security",
    extraPackages: [],
  },
  "x86_64",
  "",
);
const CONTENT = { vmlinux: "the kernel", "initrd.cpio": "the initrd", "root.erofs": "the root" };
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "ikv-images-"));
});

afterEach(async () => {
  await rm(stateDir, { recursive: true });
});

async function writeImage(id: string): Promise<Manifest> {
  const folder = imageFolder(stateDir, id);
  await mkdir(folder, { recursive: true });
  const files: Record<string, { sizeBytes: number; sha256: string }> = {};
  for (const [name, content] of Object.entries(CONTENT)) {
    await writeFile(join(folder, name), content);
    files[name] = { sizeBytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  }
  const manifest: Manifest = {
    version: 1,
    id,
    recipe: RECIPE,
    versions: ["kernel 6.12"],
    files,
    builtAt: "2026-01-01T00:00:00.000Z",
  };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return manifest;
}

describe("the stored images", () => {
  it("are none before the first build", async () => {
    expect(await listImages(host, stateDir)).toEqual([]);
    expect(await findImage(host, stateDir, "aaaa")).toBeUndefined();
  });

  it("are listed and found by id", async () => {
    const manifest = await writeImage("aaaa");
    await writeImage("bbbb");
    expect((await listImages(host, stateDir)).map(({ id }) => id)).toEqual(["aaaa", "bbbb"]);
    expect(await findImage(host, stateDir, "aaaa")).toEqual(manifest);
  });

  it("don't include the remains of a killed build", async () => {
    await writeImage(".building-cccc");
    await mkdir(join(stateDir, "images", "dddd"));
    expect(await listImages(host, stateDir)).toEqual([]);
  });

  it("are not used if a file is truncated or missing", async () => {
    await writeImage("aaaa");
    await writeFile(join(imageFolder(stateDir, "aaaa"), "root.erofs"), "the r");
    expect(await findImage(host, stateDir, "aaaa")).toBeUndefined();
    await writeImage("bbbb");
    await rm(join(imageFolder(stateDir, "bbbb"), "vmlinux"));
    expect(await findImage(host, stateDir, "bbbb")).toBeUndefined();
  });

  it("are verified by checksum, which finds a change that keeps the size", async () => {
    const manifest = await writeImage("aaaa");
    expect(await verifyImage(host, stateDir, manifest)).toEqual([]);
    await writeFile(join(imageFolder(stateDir, "aaaa"), "root.erofs"), "the rooT");
    expect(await verifyImage(host, stateDir, manifest)).toEqual(["root.erofs"]);
  });

  it("are removed one by one, and only existing ones", async () => {
    await writeImage("aaaa");
    await writeImage("bbbb");
    await removeImage(host, stateDir, "aaaa");
    expect((await listImages(host, stateDir)).map(({ id }) => id)).toEqual(["bbbb"]);
    await expect(removeImage(host, stateDir, "../..")).rejects.toThrow("no such image");
    expect((await stat(stateDir)).isDirectory()).toBe(true);
  });

  it("provide QEMU with the unpacked kernel, or the packed one without it", async () => {
    const manifest = await writeImage("aaaa");
    const folder = imageFolder(stateDir, "aaaa");
    expect(bootFiles(stateDir, manifest)).toEqual({
      folder,
      kernel: `${folder}/vmlinux`,
      initrd: `${folder}/initrd.cpio`,
      root: `${folder}/root.erofs`,
      kernelArguments: "console=ttyS0 quiet",
    });
    const { vmlinux: _, ...others } = manifest.files;
    const packed = { ...manifest, files: { ...others, vmlinuz: { sizeBytes: 1, sha256: "" } } };
    expect(bootFiles(stateDir, packed).kernel).toBe(`${folder}/vmlinuz`);
  });
});
