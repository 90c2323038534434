import { describe, expect, it } from "vitest";
import { type MachineSpec, qemuCommand } from "../../../../src/backends/qemu/command.ts";
import { machinePlan } from "../../../../src/backends/qemu/machine-plan.ts";
import { nodeFolder } from "../../../../src/backends/qemu/node-folder.ts";
import { snapshotDifferences } from "../../../../src/backends/qemu/snapshot/differences.ts";
import type {
  SavedLaunch,
  SavedNode,
  SnapshotManifest,
} from "../../../../src/backends/qemu/snapshot/manifest.ts";
import { digestFiles } from "../../../../src/render/hash.ts";
import { internet } from "../../../nodes/nodes.ts";

const SPEC: MachineSpec = {
  ...machinePlan(internet),
  architecture: "x86_64",
  accelerator: "tcg",
  boot: {
    folder: "/i",
    kernel: "/i/vmlinux",
    initrd: "/i/initrd.cpio",
    root: "/i/root.erofs",
    kernelArguments: "quiet",
  },
  vncListen: "127.0.0.1",
};
const PATHS = nodeFolder("/run/ikvswitch", "internet");

function launchOf(memoryMiB: number): SavedLaunch {
  const machine = { ...internet.machine, memoryMiB };
  const user = { name: "ikvswitch", uid: 990, gid: 990, kvmGid: null };
  const command = qemuCommand({ ...SPEC, machine }, PATHS);
  return { version: 1, node: "internet", user, kvm: false, command };
}

function node(memoryMiB = 192, hostname = "internet"): SavedNode {
  const files = [
    { path: "/etc/hostname", mode: 0o644, content: `${hostname}\n` },
    { path: "/etc/frr/frr.conf", mode: 0o640, content: "frr version 10\n" },
  ];
  return { memoryMiB, launch: launchOf(memoryMiB), digests: digestFiles(files) };
}

const SAVED: SnapshotManifest = {
  version: 1,
  name: "one",
  savedAt: "2026-01-01T00:00:00.000Z",
  pausedMs: 300,
  facts: {
    version: 2,
    qemuVersion: "QEMU emulator version 7.2.22",
    qemuProgram: { sizeBytes: 1, modifiedMs: 2 },
    kernelRelease: "6.1.0",
    gid: 990,
    processor: "",
  },
  image: { id: "aaaa", files: { "root.erofs": "11", vmlinux: "22" } },
  compressed: false,
  nodes: { internet: node() },
  racked: [],
  files: {},
};

describe("a snapshot", () => {
  it("can be restored if nothing differs", () => {
    expect(snapshotDifferences(SAVED, SAVED)).toEqual([]);
  });

  it("reports the file that differs, and its switch", () => {
    const now = { ...SAVED, nodes: { internet: node(192, "other") } };
    expect(snapshotDifferences(SAVED, now)).toEqual(["internet: files differ: /etc/hostname (changed)"]);
  });

  it("reports the arguments of a switch's VM that differ", () => {
    const now = { ...SAVED, nodes: { internet: node(256) } };
    expect(snapshotDifferences(SAVED, now)).toEqual(["internet: VM differs: was size=192M, is size=256M"]);
  });

  it("reports a different number of NICs as a count", () => {
    const command = qemuCommand({ ...SPEC, ports: SPEC.ports.slice(1) }, PATHS);
    const one = { ...node(), launch: { ...launchOf(192), command } };
    expect(snapshotDifferences(SAVED, { ...SAVED, nodes: { internet: one } })).toEqual([
      "internet: VM differs: 3 NICs, now 2",
    ]);
  });

  it("reports switches that only it or only the configuration has", () => {
    const now = { ...SAVED, nodes: { leaf9: node() } };
    expect(snapshotDifferences(SAVED, now)).toEqual([
      "internet: not in the configuration",
      "leaf9: not in the snapshot",
    ]);
  });

  it("reports another image, and a rebuilt image with the same ID", () => {
    expect(snapshotDifferences(SAVED, { ...SAVED, image: { ...SAVED.image, id: "bbbb" } })).toEqual([
      "image: saved with aaaa, the configuration needs bbbb",
    ]);
    const files = { "root.erofs": "33", vmlinux: "22" };
    expect(snapshotDifferences(SAVED, { ...SAVED, image: { id: "aaaa", files } })).toEqual([
      "image aaaa was rebuilt: root.erofs",
    ]);
  });

  it("reports another QEMU version, QEMU build, host kernel, processor and group", () => {
    const linesOf = (facts: Partial<SnapshotManifest["facts"]>) =>
      snapshotDifferences(SAVED, { ...SAVED, facts: { ...SAVED.facts, ...facts } }).join("\n");
    expect(linesOf({ qemuVersion: "QEMU emulator version 10.0.13" })).toMatch(
      /^QEMU: saved with .*7\.2\.22.*10\.0\.13/,
    );
    expect(linesOf({ qemuProgram: { sizeBytes: 1, modifiedMs: 3 } })).toContain("another build");
    expect(linesOf({ kernelRelease: "6.12.1" })).toBe("host kernel: saved on 6.1.0, this host has 6.12.1");
    expect(linesOf({ processor: "model name: other" })).toContain("CPU");
    expect(linesOf({ gid: 991 })).toContain("group");
  });
});
