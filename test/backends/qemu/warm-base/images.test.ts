import { appendFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launchSpec } from "../../../../src/backends/qemu/launch.ts";
import { writeLaunch } from "../../../../src/backends/qemu/launch-file.ts";
import { machinePlan } from "../../../../src/backends/qemu/machine-plan.ts";
import { nodeFolder } from "../../../../src/backends/qemu/node-folder.ts";
import {
  allWarmBases,
  imagesInUse,
  prune,
  removeStored,
} from "../../../../src/backends/qemu/warm-base/images.ts";
import type { WarmBaseFacts } from "../../../../src/backends/qemu/warm-base/key.ts";
import {
  findWarmBase,
  warmBaseFolder,
  writeManifest,
} from "../../../../src/backends/qemu/warm-base/store.ts";
import { imageRecipe } from "../../../../src/image/recipe.ts";
import { imageFolder, listImages } from "../../../../src/image/store.ts";
import { localHost } from "../../../../src/system/local-host.ts";
import { internet } from "../../../nodes/nodes.ts";

const host = localHost();
const FACTS: WarmBaseFacts = {
  version: 2,
  qemuVersion: "QEMU emulator version 7.2.22",
  qemuProgram: { sizeBytes: 1, modifiedMs: 2 },
  kernelRelease: "6.1.0",
  gid: 990,
  processor: "",
  command: { file: "qemu-system-x86_64", args: [] },
};
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "ikv-templates-"));
});

afterEach(() => host.remove(stateDir));

async function makeImage(id: string): Promise<string> {
  const folder = imageFolder(stateDir, id);
  await mkdir(folder, { recursive: true });
  const config = {
    release: "trixie",
    mirror: "http://deb.debian.org/debian",
    securityMirror: "http://security.debian.org/debian-security",
    extraPackages: [],
  };
  const recipe = imageRecipe(config, "x86_64", "");
  const manifest = { version: 1, id, recipe, versions: [], files: {}, builtAt: "2026-01-01T00:00:00Z" };
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

async function makeWarmBase(image: string, key: string): Promise<string> {
  const folder = warmBaseFolder(image, key);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "memory"), "pages".repeat(1000));
  await writeFile(join(folder, "state"), "devices");
  await writeManifest(host, folder, {
    version: 1,
    key,
    facts: FACTS,
    cards: 3,
    memoryMiB: 192,
    madeAt: "2026-01-01T00:00:00Z",
  });
  return folder;
}

describe("a stored warm base", () => {
  it("is found while its files are unchanged, also if only their times changed", async () => {
    const image = await makeImage("aaaa");
    const folder = await makeWarmBase(image, "k1");
    expect(await findWarmBase(host, image, "k1")).toEqual({ kind: "whole", folder });
    await host.run({ file: "touch", args: [`${folder}/memory`] });
    expect(await findWarmBase(host, image, "k1")).toEqual({ kind: "whole", folder });
    expect(await findWarmBase(host, image, "k2")).toEqual({ kind: "none" });
  });

  it("is damaged if a byte changed, or a file is longer or missing; the error names the file", async () => {
    const image = await makeImage("aaaa");
    const flipped = await makeWarmBase(image, "k1");
    await host.run({
      file: "dd",
      args: [`of=${flipped}/memory`, "bs=1", "seek=7", "conv=notrunc"],
      input: "x",
    });
    expect(await findWarmBase(host, image, "k1")).toEqual({
      kind: "damaged",
      reason: "memory is corrupt: its checksum differs",
    });
    const longer = await makeWarmBase(image, "k2");
    await appendFile(join(longer, "state"), "more");
    expect(await findWarmBase(host, image, "k2")).toMatchObject({
      reason: "state has 11 bytes instead of 7",
    });
    const without = await makeWarmBase(image, "k3");
    await host.remove(join(without, "memory"));
    expect(await findWarmBase(host, image, "k3")).toMatchObject({ reason: "memory is missing" });
  });

  it("is damaged if others than root may write to it, even if nobody has", async () => {
    const image = await makeImage("aaaa");
    const folder = await makeWarmBase(image, "k1");
    await host.run({ file: "chmod", args: ["0660", `${folder}/memory`] });
    expect(await findWarmBase(host, image, "k1")).toEqual({
      kind: "damaged",
      reason: "memory is writable by others than root",
    });
    await host.run({ file: "chmod", args: ["0640", `${folder}/memory`] });
    expect(await findWarmBase(host, image, "k1")).toEqual({ kind: "whole", folder });
  });

  it("is ignored without its manifest", async () => {
    const image = await makeImage("aaaa");
    const folder = await makeWarmBase(image, "k1");
    await host.remove(join(folder, "manifest.json"));
    expect(await findWarmBase(host, image, "k1")).toEqual({ kind: "none" });
  });
});

describe("the store of images and warm bases", () => {
  it("deletes single warm bases, and images together with their warm bases", async () => {
    const image = await makeImage("aaaa");
    await makeWarmBase(image, "k1");
    await makeWarmBase(image, "k2");
    await removeStored(host, stateDir, "k1");
    const left = await allWarmBases(host, stateDir, await listImages(host, stateDir));
    expect(left.map(({ key }) => key)).toEqual(["k2"]);
    await removeStored(host, stateDir, "aaaa");
    expect(await listImages(host, stateDir)).toEqual([]);
    await expect(removeStored(host, stateDir, "k2")).rejects.toThrow("no such image");
  });

  it("prunes images and warm bases that neither the configuration nor a switch uses", async () => {
    await makeWarmBase(await makeImage("wanted"), "k1");
    await makeWarmBase(imageFolder(stateDir, "wanted"), "k2");
    await makeWarmBase(await makeImage("old"), "k3");
    const removed = await prune(host, stateDir, {
      images: new Set(["wanted"]),
      warmBases: new Set(["k1"]),
    });
    expect(removed).toEqual(["old", "k2"]);
    const images = await listImages(host, stateDir);
    expect(images.map(({ id }) => id)).toEqual(["wanted"]);
    expect((await allWarmBases(host, stateDir, images)).map(({ key }) => key)).toEqual(["k1"]);
  });

  it("knows the images of running switches", async () => {
    await makeImage("bbbb");
    const folder = await makeImage("aaaa");
    const boot = { folder, kernel: "", initrd: "", root: "", kernelArguments: "" };
    const settings = { architecture: "x86_64", accelerator: "tcg", boot, vncListen: "127.0.0.1" } as const;
    const user = { name: "nobody", uid: 65534, gid: 65534, kvmGid: null };
    const paths = nodeFolder(`${stateDir}/run`, "leaf1");
    await writeLaunch(host, paths, launchSpec({ ...machinePlan(internet), ...settings }, user, paths));
    expect(await imagesInUse(host, `${stateDir}/run`, stateDir)).toEqual(["aaaa"]);
    expect(await imagesInUse(host, `${stateDir}/none`, stateDir)).toEqual([]);
  });
});
