import { describe, expect, it } from "vitest";
import {
  describeProcessor,
  type HostFacts,
  warmBaseFacts,
  warmBaseKey,
} from "../../../../src/backends/qemu/warm-base/key.ts";
import { warmBaseMachine } from "../../../../src/backends/qemu/warm-base/machine.ts";
import type { Node } from "../../../../src/fabric/types.ts";
import { internet, spine1 } from "../../../nodes/nodes.ts";

const HOST: HostFacts = {
  version: 2,
  qemuVersion: "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)",
  qemuProgram: { sizeBytes: 1, modifiedMs: 2 },
  kernelRelease: "6.1.0",
  gid: 990,
  processor: "",
};
const SETTINGS = {
  architecture: "x86_64",
  accelerator: "tcg",
  boot: {
    folder: "/images/1",
    kernel: "/images/1/vmlinux",
    initrd: "/images/1/initrd.cpio",
    root: "/images/1/root.erofs",
    kernelArguments: "console=ttyS0 quiet",
  },
} as const;

function keyOf(node: Node, host: Partial<HostFacts> = {}, settings: Partial<typeof SETTINGS> = {}): string {
  return warmBaseKey(
    warmBaseFacts({ ...HOST, ...host }, warmBaseMachine(node), { ...SETTINGS, ...settings }),
  );
}

describe("a warm base's key", () => {
  it("is the same for nodes with equal VMs, whatever their names, MACs and displays", () => {
    const other = { ...spine1, name: "spine2", index: 2, machine: { ...spine1.machine, vncDisplay: 52 } };
    expect(keyOf(other)).toBe(keyOf(spine1));
  });

  it("differs for another number of NICs, MTU, memory, or number of processors", () => {
    const [port] = internet.ports;
    const keys = [
      keyOf(internet),
      keyOf(spine1),
      keyOf({ ...internet, ports: internet.ports.map((one) => ({ ...one, mtu: 1500 })) }),
      keyOf({ ...internet, machine: { ...internet.machine, memoryMiB: 256 } }),
      keyOf({ ...internet, machine: { ...internet.machine, vcpus: 2 } }),
      keyOf({ ...internet, ports: port === undefined ? [] : [port] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("differs for another QEMU, host kernel, processor, image or accelerator", () => {
    const boot = { ...SETTINGS.boot, root: "/images/2/root.erofs" };
    const keys = [
      keyOf(internet),
      keyOf(internet, { qemuVersion: "QEMU emulator version 10.0.13" }),
      keyOf(internet, { qemuProgram: { sizeBytes: 1, modifiedMs: 3 } }),
      keyOf(internet, { kernelRelease: "6.12.1" }),
      keyOf(internet, { gid: 991 }),
      keyOf(internet, { processor: "model name : another" }),
      warmBaseKey(warmBaseFacts(HOST, warmBaseMachine(internet), { ...SETTINGS, boot })),
      warmBaseKey(warmBaseFacts(HOST, warmBaseMachine(internet), { ...SETTINGS, accelerator: "kvm" })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("does not depend on the processor's current frequency", () => {
    const cpuinfo = (mhz: string) =>
      `processor\t: 0\nmodel name\t: Some CPU\ncpu MHz\t\t: ${mhz}\nflags\t\t: sse avx\n\nprocessor\t: 1\ncpu MHz\t\t: 1\n`;
    expect(describeProcessor(cpuinfo("2000.1"))).toBe(describeProcessor(cpuinfo("800.5")));
    expect(describeProcessor(cpuinfo("1"))).toContain("sse avx");
  });
});
