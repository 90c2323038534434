import type { BootFiles } from "../image/store.ts";
import type { Architecture } from "../system/architecture.ts";
import type { Accelerator } from "./accelerator.ts";

/* Options of QEMU's command line that switches and servers have in common. */

export function qemuProgram(architecture: Architecture): string {
  return architecture === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";
}

/**
 * Machine types without the devices that no guest of ours needs: each device costs the guest's kernel time to probe.
 */
export const MACHINE_TYPES = {
  x86_64: "q35,usb=off,vmport=off,sata=off,smbus=off,hpet=off",
  arm64: "virt,gic-version=max",
} as const;

/** Returns the options for the accelerator and the processor. */
export function acceleratorOptions(architecture: Architecture, accelerator: Accelerator): string[] {
  return [
    "-accel",
    // If the buffer of translated code is too small, it is filled and flushed again and again while a switch boots. An
    // unlimited one permanently keeps code that only the boot needed.
    accelerator === "tcg" ? `tcg,tb-size=${TRANSLATION_BUFFER_MIB}` : accelerator,
    "-cpu",
    accelerator === "kvm" ? "host" : EMULATED_CPUS[architecture],
  ];
}

/** Measured on a leaf: 64 costs 10 % more CPU time for the boot than no limit, 128 costs nothing and saves 45 MiB. */
const TRANSLATION_BUFFER_MIB = 128;

/**
 * Without "enhanced rep movsb" (erms), kernels clear and copy pages in words instead of bytes: an emulator takes as
 * long for a byte as for a word. Arm's real pointer authentication is slow to emulate; QEMU's own algorithm
 * (pauth-impdef) is not.
 */
const EMULATED_CPUS = { x86_64: "max,-erms", arm64: "max,pauth-impdef=on" } as const;

/** Returns the options for a boot from the switches' image. */
export function bootOptions({
  architecture,
  accelerator,
  boot,
}: {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly boot: BootFiles;
}): string[] {
  const emulated = accelerator === "tcg" ? EMULATED_KERNEL[architecture] : [];
  const append = [boot.kernelArguments, ...emulated].join(" ");
  return ["-kernel", boot.kernel, "-initrd", boot.initrd, "-append", append];
}

/**
 * Disables address randomisation. QEMU 7.2 keeps a translation for each virtual address of executed code. Libraries at
 * a different address in every process would be translated once per process, a third of all translations during a
 * switch's start.
 */
const SAME_ADDRESSES = "norandmaps";

/**
 * On a busy host an emulated VM can go without CPU time for longer than Linux considers possible. Linux then assumes a
 * broken timer, which can end its boot, or a broken TSC, and uses a far slower clock instead. Neither is broken. Under
 * KVM Linux detects that; under emulation it needs these options.
 */
const EMULATED_CLOCKS = ["no_timer_check", "tsc=reliable"];

const EMULATED_KERNEL = { x86_64: [...EMULATED_CLOCKS, SAME_ADDRESSES], arm64: [SAME_ADDRESSES] } as const;

/** Returns the options for a raw disk that is read-only for the guest, so that any number of VMs can share it. */
export function readOnlyDisk(name: string, file: string, slot: number): string[] {
  return [
    "-blockdev",
    `driver=file,node-name=${name},filename=${file},read-only=on,locking=off`,
    "-device",
    virtio("blk", slot, `drive=${name},serial=${name}`),
  ];
}

/**
 * Returns a virtio device. disable-legacy avoids I/O port ranges, of which buses run out and which firmware must
 * assign.
 */
export function virtio(kind: string, slot: number, options: string): string {
  const rest = options === "" ? "" : `,${options}`;
  return `virtio-${kind}-pci,addr=${slot.toString(16)},disable-legacy=on${rest}`;
}
