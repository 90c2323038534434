import type { Architecture } from "../system/architecture.ts";
import type { Command } from "../system/host.ts";
import { qemuProgram } from "./options.ts";

/** A minimal guest that ends its VM with its first instructions, if it runs at all. */
export interface Probe {
  readonly program: Uint8Array;
  /** @param file that holds the program. */
  readonly command: (file: string, accelerator: "kvm" | "tcg") => Command;
  /** QEMU's exit code if the guest ran. */
  readonly exitCode: number;
}

export function acceleratorProbe(architecture: Architecture): Probe {
  return architecture === "arm64" ? ARM64 : X86_64;
}

const DEBUG_EXIT_PORT = 0xf4;
const EXIT_VALUE = 0x10;

/** A boot sector: firmware loads its 512 bytes and jumps to the first. */
const X86_64: Probe = {
  program: bootSector([
    ...[0xb0, EXIT_VALUE], // mov al, EXIT_VALUE
    ...[0xe6, DEBUG_EXIT_PORT], // out DEBUG_EXIT_PORT, al
    ...[0xf4, 0xeb, 0xfd], // 1: hlt; jmp 1b
  ]),
  command: (file, accelerator) => ({
    file: qemuProgram("x86_64"),
    args: [
      ...["-machine", "q35", "-accel", accelerator],
      ...["-cpu", accelerator === "kvm" ? "host" : "max", "-m", "size=16M"],
      ...["-no-user-config", "-nodefaults", "-display", "none"],
      ...["-device", `isa-debug-exit,iobase=${DEBUG_EXIT_PORT},iosize=1`],
      ...["-blockdev", `driver=file,node-name=probe,filename=${file},read-only=on`],
      ...["-device", "virtio-blk-pci,drive=probe,bootindex=0"],
    ],
  }),
  // isa-debug-exit ends QEMU with twice the value written, plus 1.
  exitCode: EXIT_VALUE * 2 + 1,
};

/** Three instructions that call the firmware interface (PSCI, Arm DEN0022) to switch the VM off. */
const ARM64: Probe = {
  program: littleEndianWords([
    0x52800100, // mov w0, #0x0008
    0x72b08000, // movk w0, #0x8400, lsl #16: SYSTEM_OFF
    0xd4000002, // hvc #0
    0x14000000, // b .
  ]),
  command: (file, accelerator) => ({
    file: qemuProgram("arm64"),
    args: [
      ...["-machine", "virt", "-accel", accelerator],
      ...["-cpu", accelerator === "kvm" ? "host" : "max", "-m", "size=32M"],
      ...["-no-user-config", "-nodefaults", "-display", "none", "-kernel", file],
    ],
  }),
  exitCode: 0,
};

/** Returns a disk whose first sector is the code. SeaBIOS ignores a disk of only one sector. */
function bootSector(code: readonly number[]): Uint8Array {
  const disk = new Uint8Array(1024 * 1024);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

function littleEndianWords(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  return bytes;
}
