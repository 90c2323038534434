import type { BootFiles } from "../../image/store.ts";
import { LEASES_BYTES } from "../../nodes/leases-file.ts";
import type { Accelerator } from "../../qemu/accelerator.ts";
import {
  acceleratorOptions,
  bootOptions,
  MACHINE_TYPES,
  qemuProgram,
  readOnlyDisk,
  virtio,
} from "../../qemu/options.ts";
import type { Architecture } from "../../system/architecture.ts";
import type { Command } from "../../system/host.ts";
import type { MachinePlan } from "./machine-plan.ts";
import { type MemorySource, sourceOptions } from "./memory-source.ts";
import { networkArguments } from "./network.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Settings that all VMs of a host have in common. */
export interface MachineSettings {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly boot: BootFiles;
  /** IPv4 address on which the VNC server listens; 0.0.0.0: all. */
  readonly vncListen: string;
}

/** A VM as data, from which QEMU's command is derived. */
export type MachineSpec = MachinePlan & MachineSettings;

/**
 * Type of a VM's memory. `fresh`: its own, initially empty. `warm-base`: this file, which keeps the memory. `clone`: a
 * private copy of this source, of which only written pages are really copied; the VM waits for the state of its
 * devices. `snapshot`: the same, but the VM then stays paused until QMP's `cont`.
 */
export type MachineMemory =
  | { readonly kind: "fresh" }
  | { readonly kind: "warm-base"; readonly file: string }
  | { readonly kind: "clone" | "snapshot"; readonly source: MemorySource };

/**
 * Returns the exact command that runs a node's VM, without its confinement. It stays in the foreground: QEMU's
 * -daemonize forks, which QEMU's own sandbox forbids.
 *
 * The VM has no devices except those listed here (-nodefaults, -no-user-config). QEMU 7.2 (Debian 12) and 10.0 (Debian
 * 13) both accept all options.
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
      bootOptions(spec),
      readOnlyDisk("root", spec.boot.root, 1),
      readOnlyDisk("node", folder.nodeFiles, 2),
      controlArguments(folder),
      consoleArguments(spec, folder),
      // Without it, a guest under TCG blocks on randomness when sshd and BGP first need some.
      ["-object", "rng-builtin,id=rng", "-device", virtio("rng", 3, "rng=rng")],
      leasesArguments(spec),
      networkArguments(spec.ports, spec.accelerator),
      generationArguments(spec.architecture),
      incomingArguments(memory),
    ].flat(),
  };
}

/**
 * Returns the options for a VM that loads a state instead of booting. A snapshot's state lacks the machine's name,
 * which QEMU expects by default. It comes from a running VM, which QEMU would resume by itself without -S.
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

/**
 * Returns QEMU's sandbox options. A warm base may spawn: it writes its device state through a program, the only method
 * that all versions of QEMU support.
 */
function sandbox(memory: MachineMemory): string {
  const spawn = memory.kind === "warm-base" ? "allow" : "deny";
  return `on,obsolete=deny,elevateprivileges=deny,spawn=${spawn},resourcecontrol=deny`;
}

/**
 * Returns the options for a VM generation ID. A change of it tells the guest's kernel that it runs as a copy, and the
 * kernel reseeds its random state at once. QEMU supports it only with ACPI, which the arm64 machine without firmware
 * lacks.
 */
function generationArguments(architecture: Architecture): string[] {
  return architecture === "x86_64" ? ["-device", "vmgenid,guid=auto"] : [];
}

/**
 * Returns the options for the disk on which a leaf keeps its DHCP leases. One that keeps nothing is the same device for
 * the guest, and reads as zeros. If the host has no space left, the guest gets an error; by default, QEMU would pause
 * the VM.
 */
function leasesArguments({ leases }: MachinePlan): string[] {
  if (leases === undefined) {
    return [];
  }
  const file =
    leases === null
      ? `driver=null-co,node-name=leases,size=${LEASES_BYTES},read-zeroes=on`
      : `driver=file,node-name=leases,filename=${leases},locking=off`;
  return ["-blockdev", file, "-device", virtio("blk", 5, "drive=leases,serial=leases,werror=report")];
}

function processorArguments(
  { machine, architecture, accelerator }: MachineSpec,
  memory: MachineMemory,
): string[] {
  return [
    "-machine",
    [MACHINE_TYPES[architecture], ...machineOptions(memory)].join(","),
    ...acceleratorOptions(architecture, accelerator),
    "-smp",
    String(machine.vcpus),
    "-m",
    `size=${machine.memoryMiB}M`,
    ...(memory.kind === "fresh" ? [] : memoryArguments(memory, machine.memoryMiB)),
  ];
}

/** Returns machine options. A snapshot's state also lacks QEMU's trailing description of itself (vmdesc). */
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

/** Returns the options for QMP and for the channels to the guest agent and to complete-clone. */
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
    // Copies of a VM have the same devices, so every VM has this channel, although only warm bases and their clones use
    // it.
    "-chardev",
    `socket,id=clone,path=${folder.clone},server=on,wait=off`,
    "-device",
    "virtserialport,bus=channels.0,nr=3,chardev=clone,name=ikvswitch.clone",
  ];
}

/**
 * Returns the options for a serial console, logged to a file even without a client, and for a terminal that QEMU itself
 * renders for VNC. There is no VGA: its firmware and frame buffer would cost every VM time and memory to show the same
 * text. The terminal is only 80x25, because QEMU redraws all of it twice a second for the blinking cursor.
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

/** Returns the options for the BMC's own serial console, so that the BMC and `console` need not wait for each other. */
function bmcConsoleArguments(folder: NodeFolder): string[] {
  return [
    "-chardev",
    `socket,id=sol,path=${folder.bmcConsole},server=on,wait=off`,
    "-device",
    "virtconsole,bus=channels.0,nr=2,chardev=sol",
  ];
}
