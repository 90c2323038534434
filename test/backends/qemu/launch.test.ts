import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MachineSpec } from "../../../src/backends/qemu/command.ts";
import type { EarlierLaunch } from "../../../src/backends/qemu/earlier-launch.ts";
import { deriveLaunch, isOfThisBuild, isSameLaunch, launchSpec } from "../../../src/backends/qemu/launch.ts";
import { readLaunch, readLaunchFile, writeLaunch } from "../../../src/backends/qemu/launch-file.ts";
import { machinePlan } from "../../../src/backends/qemu/machine-plan.ts";
import { type NodeFolder, nodeFolder } from "../../../src/backends/qemu/node-folder.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { internet } from "../../nodes/nodes.ts";

const host = localHost();
const USER = { name: "ikvswitch", uid: 990, gid: 990, kvmGid: null };
const MACHINE: MachineSpec = {
  ...machinePlan(internet),
  architecture: "x86_64",
  accelerator: "kvm",
  boot: {
    folder: "/images/1",
    kernel: "/images/1/vmlinux",
    initrd: "/images/1/initrd.cpio",
    root: "/images/1/root.erofs",
    kernelArguments: "console=ttyS0 quiet",
  },
  vncListen: "127.0.0.1",
};
let runDir: string;
let paths: NodeFolder;

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "ikv-launch-"));
  paths = nodeFolder(runDir, "internet");
});

afterEach(() => host.remove(runDir));

describe("the launch of a node's VM", () => {
  it("is stored as data, from which QEMU's command is derived", async () => {
    const spec = launchSpec(MACHINE, USER, paths);
    await writeLaunch(host, paths, spec);
    expect(await host.readFile(paths.launch)).not.toContain("-pidfile");
    const launch = await readLaunch(host, paths);
    expect(launch).toEqual(deriveLaunch(spec, paths));
    expect(launch).toMatchObject({
      node: "internet",
      kvm: true,
      memoryMiB: 192,
      imageFolder: "/images/1",
      ports: [
        { name: "ens4", tap: "ikht" },
        { name: "ens5", tap: "ikin1" },
        { name: "ens6", tap: "ikin2" },
      ],
    });
  });

  it("is read from an earlier build's file, which has only the command, with the same result", async () => {
    const wanted = deriveLaunch(launchSpec(MACHINE, USER, paths), paths);
    const { node, user, kvm, command } = wanted;
    const earlier: EarlierLaunch = { version: 1, node, user, kvm, command };
    await host.writeFile(paths.launch, JSON.stringify(earlier));
    expect(await readLaunch(host, paths)).toEqual(wanted);
  });

  it("differs if the user differs, or if another build derives another command", async () => {
    const spec = launchSpec(MACHINE, USER, paths);
    const launch = deriveLaunch(spec, paths);
    expect(isSameLaunch(launch, spec)).toBe(true);
    expect(isSameLaunch(launch, launchSpec(MACHINE, { ...USER, uid: 991 }, paths))).toBe(false);
    expect(isOfThisBuild(launch)).toBe(true);
    const other = { ...spec, commandDigest: "another build's" };
    expect(isSameLaunch(launch, other)).toBe(false);
    expect(isOfThisBuild(deriveLaunch(other, paths))).toBe(false);
  });

  it("is reported as damaged if the file has neither form", async () => {
    expect(await readLaunchFile(host, paths)).toEqual({ kind: "none" });
    await host.writeFile(paths.launch, '{"version":2,"name":"internet","user":{}}');
    expect(await readLaunchFile(host, paths)).toEqual({
      kind: "damaged",
      reason: '"machine" must be of type object',
    });
    expect(await readLaunch(host, paths)).toBeUndefined();
    await host.writeFile(paths.launch, '{"version":3}');
    expect(await readLaunchFile(host, paths)).toEqual({
      kind: "damaged",
      reason: "version 3 instead of 2",
    });
  });
});
