import type { BootFiles } from "../../image/store.ts";
import type { Architecture } from "../../system/architecture.ts";
import type { Command } from "../../system/host.ts";
import type { Accelerator } from "./accelerator.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { type MemorySource, sourceOptions } from "./memory-source.ts";
import { networkArguments } from "./network.ts";
import type { NodeFolder } from "./node-folder.ts";

/** What all machines of a host have in common. */
export interface MachineSettings {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly boot: BootFiles;
  /** IPv4 address that the VNC server listens on; 0.0.0.0: all. */
  readonly vncListen: string;
}

/** A machine as data, from which QEMU's command is derived. */
export type MachineSpec = MachinePlan & MachineSettings;

/**
 * What the machine's memory is. `fresh`: its own, empty. `warm-base`: this file, which keeps it. `clone`: a private
 * copy of this one, of which only pages that are written to are really copied; the machine waits to be told the
 * state of its devices. `snapshot`: the same, and then it waits for a word to go on.
 */
export type MachineMemory =
  | { readonly kind: "fresh" }
  | { readonly kind: "warm-base"; readonly file: string }
  | { readonly kind: "clone" | "snapshot"; readonly source: MemorySource };

/**
 * The exact command that runs a node's machine, without what confines it. It stays in the foreground: QEMU's own
 * -daemonize forks, which the sandbox forbids.
 *
 * Nothing but what is named here is on the machine (-nodefaults, -no-user-config). Options are such that QEMU
 * 7.2 (Debian 12) and 10.0 (Debian 13) both take them.
 */
export function qemuCommand(
  spec: MachineSpec,
  folder: NodeFolder,
  memory: MachineMemory = { kind: "fresh" },
): Command {
  return {
    file: qemuProgram(spec.architecture),
    args: [
      ["-name", `guest=${spec.name},debug-threads=on`],
      ["-no-user-config", "-nodefaults"],
      ["-sandbox", sandbox(memory)],
      ["-pidfile", folder.pid],
      processorArguments(spec, memory),
      bootArguments(spec),
      diskArguments("root", spec.boot.root, 1),
      diskArguments("node", folder.nodeFiles, 2),
      controlArguments(folder),
      consoleArguments(spec, folder),
      // Without it a guest under TCG waits for randomness when sshd and BGP first ask for it.
      ["-object", "rng-builtin,id=rng", "-device", virtio("rng", 3, "rng=rng")],
      networkArguments(spec.ports, spec.accelerator),
      generationArguments(spec.architecture),
      incomingArguments(memory),
    ].flat(),
  };
}

/**
 * How a machine that does not boot is given its state. A snapshot's begins without the machine's name, which QEMU reads
 * unless told otherwise, and was taken from a machine that ran, which QEMU would have go on by itself.
 */
function incomingArguments({ kind }: MachineMemory): string[] {
  switch (kind) {
    case "clone":
      return ["-incoming", "defer"];
    case "snapshot":
      return ["-incoming", "defer", "-S", "-global", "migration.send-configuration=off"];
    default:
      return [];
  }
}

/** A warm base writes the state of its devices through a program: no other way is known to all versions of QEMU. */
function sandbox(memory: MachineMemory): string {
  const spawn = memory.kind === "warm-base" ? "allow" : "deny";
  return `on,obsolete=deny,elevateprivileges=deny,spawn=${spawn},resourcecontrol=deny`;
}

/**
 * By a change of this number a kernel knows that it runs as a copy, and renews its random state at once. QEMU has it
 * with ACPI only, which the arm64 machine without firmware has not.
 */
function generationArguments(architecture: Architecture): string[] {
  return architecture === "x86_64" ? ["-device", "vmgenid,guid=auto"] : [];
}

export function qemuProgram(architecture: Architecture): string {
  return architecture === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";
}

function processorArguments(
  { machine, architecture, accelerator }: MachineSpec,
  memory: MachineMemory,
): string[] {
  return [
    "-machine",
    [MACHINES[architecture], ...machineOptions(memory)].join(","),
    "-accel",
    // A buffer of translated code that is too small is filled and emptied over and over while a switch boots; an
    // unlimited one keeps what only the boot needed for good.
    accelerator === "tcg" ? `tcg,tb-size=${TRANSLATION_BUFFER_MIB}` : accelerator,
    "-cpu",
    accelerator === "kvm" ? "host" : EMULATED_CPUS[architecture],
    "-smp",
    String(machine.vcpus),
    "-m",
    `size=${machine.memoryMiB}M`,
    ...(memory.kind === "fresh" ? [] : memoryArguments(memory, machine.memoryMiB)),
  ];
}

/** Nor does a snapshot's state end with a description of itself. */
function machineOptions({ kind }: MachineMemory): string[] {
  return kind === "fresh"
    ? []
    : ["memory-backend=ram", ...(kind === "snapshot" ? ["suppress-vmdesc=on"] : [])];
}

function memoryArguments(memory: Exclude<MachineMemory, { kind: "fresh" }>, memoryMiB: number): string[] {
  const options =
    memory.kind === "warm-base" ? `mem-path=${memory.file},share=on` : sourceOptions(memory.source);
  return ["-object", `memory-backend-file,id=ram,size=${memoryMiB}M,${options}`];
}

/** Measured on a leaf: 64 costs 10 % more processor time to boot than no limit, 128 nothing, for 45 MiB less. */
const TRANSLATION_BUFFER_MIB = 128;

/** What a switch has no use for is left off: each device costs the guest's kernel time to look for. */
const MACHINES = {
  x86_64: "q35,usb=off,vmport=off,sata=off,smbus=off,hpet=off",
  arm64: "virt,gic-version=max",
} as const;

/**
 * Without "enhanced rep movsb" kernels clear and copy pages in words: an emulator takes as long for a byte as for one. Arm's
 * real pointer authentication is slow to emulate; QEMU's own algorithm does.
 */
const EMULATED_CPUS = { x86_64: "max,-erms", arm64: "max,pauth-impdef=on" } as const;

function bootArguments({ architecture, accelerator, boot }: MachineSettings): string[] {
  const emulated = accelerator === "tcg" ? EMULATED_KERNEL[architecture] : [];
  const append = [boot.kernelArguments, ...emulated].join(" ");
  return ["-kernel", boot.kernel, "-initrd", boot.initrd, "-append", append];
}

/**
 * QEMU 7.2 keeps a translation for each virtual address at which code is run. Libraries that lie at another one in
 * every process are translated once for each, a third of all that a switch's start translates.
 */
const SAME_ADDRESSES = "norandmaps";

/**
 * On a busy host an emulated machine is not run for longer than Linux thinks possible. It takes that for a broken
 * timer, which can end its boot, or a broken TSC, and would then use a far slower clock. Neither is broken: under
 * KVM Linux knows, here it must be told.
 */
const EMULATED_CLOCKS = ["no_timer_check", "tsc=reliable"];

const EMULATED_KERNEL = { x86_64: [...EMULATED_CLOCKS, SAME_ADDRESSES], arm64: [SAME_ADDRESSES] } as const;

/** A raw disk that the guest can only read, so that any number of machines share it. */
function diskArguments(name: string, file: string, slot: number): string[] {
  return [
    "-blockdev",
    `driver=file,node-name=${name},filename=${file},read-only=on,locking=off`,
    "-device",
    virtio("blk", slot, `drive=${name},serial=${name}`),
  ];
}

/** QMP, and the channels to the agent inside and to what completes clones. */
function controlArguments(folder: NodeFolder): string[] {
  return [
    "-chardev",
    `socket,id=qmp,path=${folder.qmp},server=on,wait=off`,
    "-mon",
    "chardev=qmp,mode=control",
    "-device",
    virtio("serial", 4, "id=channels,max_ports=4"),
    "-chardev",
    `socket,id=agent,path=${folder.agent},server=on,wait=off`,
    "-device",
    "virtserialport,bus=channels.0,nr=1,chardev=agent,name=org.qemu.guest_agent.0",
    // A machine's copies have the same devices, so every machine has what only a warm base needs.
    "-chardev",
    `socket,id=clone,path=${folder.clone},server=on,wait=off`,
    "-device",
    "virtserialport,bus=channels.0,nr=3,chardev=clone,name=ikvswitch.clone",
  ];
}

/**
 * A serial console, kept in a file even while nobody is connected, and a terminal that QEMU itself draws for VNC.
 * There is no VGA: its firmware and frame buffer cost every machine time and memory to show the same text. The terminal
 * is no larger than terminals are: QEMU draws all of it twice a second, to have the cursor blink.
 */
function consoleArguments({ machine, vncListen }: MachineSpec, folder: NodeFolder): string[] {
  return [
    "-chardev",
    `socket,id=serial,path=${folder.serial},server=on,wait=off,logfile=${folder.consoleLink},logappend=on`,
    "-serial",
    "chardev:serial",
    "-chardev",
    "vc,id=terminal,cols=80,rows=25",
    "-device",
    "virtconsole,bus=channels.0,nr=0,chardev=terminal",
    ...bmcConsoleArguments(folder),
    "-object",
    `secret,id=vnc-password,file=${folder.vncPassword}`,
    "-vnc",
    `${vncListen}:${machine.vncDisplay},password-secret=vnc-password`,
  ];
}

/** A serial console of the BMC's own, so that neither it nor `console` has to wait for the other to leave. */
function bmcConsoleArguments(folder: NodeFolder): string[] {
  return [
    "-chardev",
    `socket,id=sol,path=${folder.bmcConsole},server=on,wait=off`,
    "-device",
    "virtconsole,bus=channels.0,nr=2,chardev=sol",
  ];
}

/** disable-legacy: no I/O port ranges, which buses run out of and firmware has to lay out. */
function virtio(kind: string, slot: number, options: string): string {
  const rest = options === "" ? "" : `,${options}`;
  return `virtio-${kind}-pci,addr=${slot},disable-legacy=on${rest}`;
}
