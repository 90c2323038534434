import { describe, expect, it } from "vitest";
import { type MachineSpec, qemuCommand } from "../../../src/backends/qemu/command.ts";
import { machinePlan } from "../../../src/backends/qemu/machine-plan.ts";
import { nodeFolder } from "../../../src/backends/qemu/node-folder.ts";
import { snapshotDifferences } from "../../../src/backends/qemu/snapshot/differences.ts";
import type {
  SavedLaunch,
  SavedNode,
  SnapshotManifest,
} from "../../../src/backends/qemu/snapshot/manifest.ts";
import { copyMemoryCommand, firmwareBytes } from "../../../src/backends/qemu/snapshot/memory.ts";
import { withBlock } from "../../../src/backends/qemu/snapshot/stream.ts";
import { UsageError } from "../../../src/errors.ts";
import { digestFiles } from "../../../src/render/hash.ts";
import { checkStoredName } from "../../../src/system/stored-name.ts";
import { internet } from "../../nodes/nodes.ts";

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

describe("a snapshot's name", () => {
  it.each(["a", "before-upgrade", "v1.2_3", "_", "0", "x".repeat(64)])("may be %s", (name) => {
    expect(() => checkStoredName("a snapshot", name)).not.toThrow();
  });

  it.each(["", ".", "..", ".building-x", "a/b", "../a", "a b", "-f", "a\nb", "ä", "a\0", "x".repeat(65)])(
    "may not be %j",
    (name) => {
      expect(() => checkStoredName("a snapshot", name)).toThrow(UsageError);
    },
  );
});

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

describe("a VM's memory", () => {
  it("is copied sparsely from its address in the QEMU process", () => {
    const range = { pid: 42, address: 0x7f01_8fff_f000n, bytes: 192 * 1024 * 1024 };
    expect(copyMemoryCommand(range, "/s/one/leaf1/memory").args).toEqual([
      "if=/proc/42/mem",
      "of=/s/one/leaf1/memory",
      "bs=64K",
      "skip=139644687609856",
      "count=201326592",
      "iflag=skip_bytes,count_bytes,fullblock",
      "conv=sparse",
      "status=none",
    ]);
  });

  it("has firmware of the length that QEMU lists, with or without the columns of later versions", () => {
    const head =
      "              Block Name    PSize              Offset               Used              Total";
    const ram = "                     ram    4 KiB  0x0000000000000000 0x000000000c000000 0x000000000c000000";
    const bios =
      "                 pc.bios    4 KiB  0x000000000c000000 0x0000000000040000 0x0000000000040000";
    expect(firmwareBytes(`${head}\r\n${ram}\r\n${bios}\r\n`)).toBe(0x40000);
    expect(firmwareBytes(`${head}\n${ram}\n${bios} 0x00007f0000000000  ro\n`)).toBe(0x40000);
    expect(() => firmwareBytes(`${head}\n${ram}\n`)).toThrow(/pc|ram/);
  });
});

describe("the state of a VM's devices", () => {
  const devices = Buffer.from("QEVM\0\0\0\x03\x04the rest", "latin1");

  it("starts with the firmware's pages, in the format of QEMU's migration", () => {
    const content = Buffer.concat([Buffer.alloc(4096, 0xaa), Buffer.alloc(4096, 0xbb)]);
    const stream = Buffer.from(withBlock(devices, { name: "pc.bios", content }));
    const name = "0770632e62696f73"; // length, pc.bios
    const sections = [
      "01 7f000000 03 72616d 00000000 00000004",
      `0000000000002004 ${name} 0000000000002000 0000000000000010 7e 7f000000`,
      "03 7f000000",
      `0000000000000008 ${name} ${"aa".repeat(4096)}`,
      `0000000000001028 ${"bb".repeat(4096)}`,
      "0000000000000010 7e 7f000000",
    ];
    const expected = Buffer.from(sections.join("").replaceAll(" ", ""), "hex");
    expect(stream.subarray(0, 8)).toEqual(devices.subarray(0, 8));
    expect(stream.subarray(8, 8 + expected.length).equals(expected)).toBe(true);
    expect(stream.subarray(8 + expected.length)).toEqual(devices.subarray(8));
  });

  it("is refused in an unknown format", () => {
    const block = { name: "pc.bios", content: new Uint8Array(4096) };
    expect(() => withBlock(Buffer.from("QEVM\0\0\0\x04"), block)).toThrow(/unknown format/);
    expect(() => withBlock(Buffer.from("ELF and so on"), block)).toThrow(/unknown format/);
  });
});

describe("the command of a restored VM", () => {
  const clone = (memory: "snapshot" | "clone") =>
    qemuCommand(SPEC, PATHS, { kind: memory, source: { file: "/s/memory", mapped: true } }).args;

  it("is a clone's, but starts paused, and expects a state without machine name and description", () => {
    const [restored, cloned] = [clone("snapshot"), clone("clone")];
    expect(restored.slice(-5)).toEqual([
      "-incoming",
      "defer",
      "-S",
      "-global",
      "migration.send-configuration=off",
    ]);
    const machine = restored[restored.indexOf("-machine") + 1];
    expect(machine).toBe(`${cloned[cloned.indexOf("-machine") + 1]},suppress-vmdesc=on`);
    expect(restored.slice(0, -3).filter((word) => word !== machine)).toEqual(
      cloned.filter((word) => `${word},suppress-vmdesc=on` !== machine),
    );
  });
});
