import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findEmulatorUser } from "../../src/system/emulator-user.ts";
import { localHost } from "../../src/system/local-host.ts";
import { createVms } from "../../src/vms/create.ts";
import { diskPath, vmFolder } from "../../src/vms/folder.ts";
import type { DiskProfile } from "../../src/vms/profile.ts";
import { profile } from "../vms/profile.ts";

const host = localHost();
let root: string;

beforeEach(async () => {
  root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  await host.run({ file: "chmod", args: ["0755", root] });
  await host.writeFile(`${root}/base.raw`, "the base".padEnd(4 * 1024 * 1024, "."));
  await qemuImg("convert", "-f", "raw", "-O", "qcow2", `${root}/base.raw`, `${root}/base.qcow2`);
});

afterEach(() => host.remove(root));

const qemuImg = (...args: readonly string[]) => host.run({ file: "qemu-img", args });

/** Makes a VM with this disk, and returns what qemu-img says about it. */
async function made(disk: DiskProfile, name = "web1") {
  const place = { stateDir: `${root}/state`, runDir: `${root}/run` };
  const position = { rack: 1, position: 3, announced: null, wanted: false, boot: null, cd: null } as const;
  const user = await findEmulatorUser(host, "ikvswitch");
  const own = profile({ disks: [disk] });
  const planned = [{ version: 1, name, ...position, profile: own }] as const;
  await createVms(host, place, { user, profile: own, planned, note: () => {} });
  const path = diskPath(vmFolder(place, name), 1);
  return { path, info: JSON.parse((await qemuImg("info", "--output=json", path)).stdout) };
}

it("a copy of an image has its content, the wanted size, and no base", async () => {
  const { path, info } = await made({ size: "20M", base: `${root}/base.qcow2`, copy: true });
  expect(info).toMatchObject({ format: "qcow2", "virtual-size": 20 * 1024 * 1024 });
  expect(info["backing-filename"]).toBeUndefined();
  // The rest of the larger disk reads as zeros, which `compare` takes as equal.
  await qemuImg("compare", "-f", "qcow2", "-F", "raw", path, `${root}/base.raw`);
});

it("a copy without a size is as large as its image, and an overlay names its base", async () => {
  const copy = await made({ size: null, base: `${root}/base.raw`, copy: true });
  expect(copy.info["virtual-size"]).toBe(4 * 1024 * 1024);
  const overlay = await made({ size: null, base: `${root}/base.qcow2`, copy: false }, "web2");
  expect(overlay.info).toMatchObject({ "backing-filename": `${root}/base.qcow2` });
});

it("a copy smaller than its image is refused", async () => {
  await expect(made({ size: "1M", base: `${root}/base.raw`, copy: true })).rejects.toThrow(
    `disk1 has 1M, and ${root}/base.raw has 4 MiB`,
  );
});
