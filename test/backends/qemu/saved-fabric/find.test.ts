import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stampFiles } from "../../../../src/backends/qemu/kept-files.ts";
import { launchSpec } from "../../../../src/backends/qemu/launch.ts";
import { machinePlan } from "../../../../src/backends/qemu/machine-plan.ts";
import { nodeFolder } from "../../../../src/backends/qemu/node-folder.ts";
import type { NodeWork } from "../../../../src/backends/qemu/prepare.ts";
import {
  describeFound,
  findSavedFabric,
  type WantedSwitches,
} from "../../../../src/backends/qemu/saved-fabric/find.ts";
import { isOfPlan } from "../../../../src/backends/qemu/saved-fabric/images.ts";
import {
  listSavedFabrics,
  readSavedFabric,
  removeSavedFabric,
  savedFabricFolder,
} from "../../../../src/backends/qemu/saved-fabric/store.ts";
import type { SnapshotManifest } from "../../../../src/backends/qemu/snapshot/manifest.ts";
import { comparedNodes } from "../../../../src/backends/qemu/snapshot/restore-target.ts";
import { writeManifest } from "../../../../src/backends/qemu/snapshot/store.ts";
import { hostFacts } from "../../../../src/backends/qemu/warm-base/key.ts";
import { planFabric } from "../../../../src/fabric/plan.ts";
import { imageRecipe } from "../../../../src/image/recipe.ts";
import { imageFolder } from "../../../../src/image/store.ts";
import { digestFiles } from "../../../../src/render/hash.ts";
import { readBootId } from "../../../../src/system/boot-id.ts";
import { localHost } from "../../../../src/system/local-host.ts";
import { shippedConfig } from "../../../fabric/config.ts";
import { internet } from "../../../nodes/nodes.ts";

const host = localHost();
const USER = { name: "nobody", uid: 65534, gid: 65534, kvmGid: null };
const SITE = {
  architecture: "x86_64",
  user: USER,
  qemuVersion: "QEMU emulator version 7.2.22",
  accelerator: "tcg",
} as const;
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(`${tmpdir()}/ikvswitch-saved-`);
  await host.writeFile(`${imageFolder(stateDir, "aaaa")}/manifest.json`, JSON.stringify(image()));
});

afterEach(() => rm(stateDir, { recursive: true }));

function image() {
  const settings = { release: "trixie", mirror: "http://m", securityMirror: "http://s", extraPackages: [] };
  const recipe = imageRecipe(settings, "x86_64", "");
  return { version: 1, id: "aaaa", recipe, versions: [], files: {}, builtAt: "2026-01-01T00:00:00Z" };
}

function workOf(hostname: string): NodeWork {
  const folder = nodeFolder(`${stateDir}/run`, "internet");
  const boot = {
    folder: imageFolder(stateDir, "aaaa"),
    ...{ kernel: "", initrd: "", root: "", kernelArguments: "" },
  };
  const machine = { ...machinePlan(internet), ...SITE, boot, vncListen: "127.0.0.1" };
  const files = [{ path: "/etc/hostname", mode: 0o644, content: `${hostname}\n` }];
  return {
    ...{ node: internet, folder, files, action: "start", applied: undefined },
    launch: launchSpec(machine, USER, folder),
    delivery: { archive: new Uint8Array(), digests: digestFiles(files) },
  };
}

function wantedSwitches(
  changes: Partial<WantedSwitches["settings"]> & { readonly hostname?: string } = {},
): WantedSwitches {
  const { hostname = "internet", ...settings } = changes;
  return {
    settings: { stateDir, boot: "auto", warmFabricMaxMiB: 1, ...settings },
    site: SITE,
    imageFolder: imageFolder(stateDir, "aaaa"),
    work: [workOf(hostname)],
    keepFaults: false,
  };
}

async function save(kind: "kept" | "warm", changes: Partial<SnapshotManifest> = {}): Promise<string> {
  const folder = savedFabricFolder(stateDir, kind);
  await host.writeFile(`${folder}/internet/memory`, "what it knew");
  const [node] = Object.values(comparedNodes([workOf("internet")]));
  if (node === undefined) {
    throw new Error("no node");
  }
  await writeManifest(host, folder, {
    ...{ version: 1, name: kind, savedAt: "2026-01-02T03:04:05.000Z", pausedMs: 700 },
    facts: await hostFacts(host, SITE),
    image: { id: "aaaa", files: {} },
    ...{ compressed: false, racked: [] },
    nodes: { internet: { ...node, memoryMiB: 192 } },
    files: await stampFiles(host, folder, ["internet/memory"]),
    ...changes,
  });
  return folder;
}

describe("a warm fabric", () => {
  it("is used by an `up` of the same switches", async () => {
    const folder = await save("warm");
    const found = await findSavedFabric(host, wantedSwitches());
    expect(found).toMatchObject({ state: "fit", saved: { kind: "warm", folder } });
    expect(describeFound(found)).toBe("the switches will resume from the warm fabric");
  });

  it("is not used after a change of a switch's files, which is named", async () => {
    await save("warm");
    const found = await findSavedFabric(host, wantedSwitches({ hostname: "other" }));
    expect(found).toMatchObject({
      state: "unfit",
      problems: ["internet: files differ: /etc/hostname (changed)"],
    });
    expect(describeFound(found)).toContain("/etc/hostname (changed)");
  });

  it("is not used if QEMU differs, or the image was rebuilt", async () => {
    await save("warm", { facts: { ...(await hostFacts(host, SITE)), qemuVersion: "QEMU 10" } });
    expect(await findSavedFabric(host, wantedSwitches())).toMatchObject({
      problems: [expect.stringMatching(/^QEMU: saved with "QEMU 10"/)],
    });
    await save("warm", { image: { id: "aaaa", files: { "root.erofs": "0123" } } });
    expect(await findSavedFabric(host, wantedSwitches())).toMatchObject({
      problems: ["image aaaa was rebuilt: root.erofs"],
    });
  });

  it("is not used if one of its files was changed or is missing", async () => {
    const folder = await save("warm");
    await host.run({
      file: "dd",
      args: [`of=${folder}/internet/memory`, "conv=notrunc", "status=none"],
      input: "x",
    });
    expect(await findSavedFabric(host, wantedSwitches())).toMatchObject({
      problems: ["internet/memory was changed or copied"],
    });
    await host.remove(`${folder}/internet/memory`);
    expect(await findSavedFabric(host, wantedSwitches())).toMatchObject({
      problems: ["internet/memory is missing"],
    });
  });

  it("is not used where switches are to boot, warm fabrics are off, or faults are to stay", async () => {
    await save("warm");
    expect(await findSavedFabric(host, wantedSwitches({ boot: "cold" }))).toEqual({ state: "none" });
    expect(await findSavedFabric(host, wantedSwitches({ warmFabricMaxMiB: 0 }))).toEqual({ state: "none" });
    const withFaults = { ...wantedSwitches(), keepFaults: true };
    expect(await findSavedFabric(host, withFaults)).toEqual({ state: "none" });
  });

  it("is not used after a reboot of the host, if it was not synced before", async () => {
    await save("warm", { bootId: await readBootId(host) });
    expect(await findSavedFabric(host, wantedSwitches())).toMatchObject({ state: "fit" });
    await save("warm", { bootId: "another" });
    expect(await findSavedFabric(host, wantedSwitches())).toEqual({ state: "none" });
    expect(await listSavedFabrics(host, stateDir)).toEqual([]);
  });
});

describe("a kept fabric", () => {
  it("is used before a warm one, also where switches are to boot", async () => {
    await save("warm");
    await save("kept");
    expect(await findSavedFabric(host, wantedSwitches({ boot: "cold" }))).toMatchObject({
      state: "fit",
      saved: { kind: "kept" },
    });
  });

  it("is never passed over: an `up` of other switches fails, with the differences and the remedy", async () => {
    await save("kept");
    await expect(findSavedFabric(host, wantedSwitches({ hostname: "other" }))).rejects.toThrow(
      /kept by 'down --keep' at 2026-01-02 03:04:05 UTC cannot resume; nothing was changed:\n.*hostname \(changed\)\n.*'ikvswitch up --fresh'/,
    );
  });

  it("is listed with its size, and gone after its removal", async () => {
    await save("kept");
    expect(await listSavedFabrics(host, stateDir)).toMatchObject([
      { kind: "kept", image: "aaaa", switches: 1, savedAt: "2026-01-02T03:04:05.000Z" },
    ]);
    await removeSavedFabric(host, stateDir, "kept");
    expect(await readSavedFabric(host, stateDir, "kept")).toBeUndefined();
    expect(await findSavedFabric(host, wantedSwitches())).toEqual({ state: "none" });
  });
});

describe("`image prune`", () => {
  const fabric = planFabric(shippedConfig());
  const nodes = Object.fromEntries(fabric.nodes.map(({ name, machine }) => [name, machine]));
  const saved = { image: { id: "aaaa", files: {} }, nodes } as unknown as SnapshotManifest;

  it("keeps a warm fabric of the same switches and image only", () => {
    expect(isOfPlan(saved, { fabric, wanted: "aaaa" })).toBe(true);
    expect(isOfPlan(saved, { fabric, wanted: "bbbb" })).toBe(false);
    const smaller = planFabric(shippedConfig({ NUM_RACKS: 1 }));
    expect(isOfPlan(saved, { fabric: smaller, wanted: "aaaa" })).toBe(false);
  });
});
