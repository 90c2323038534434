import type { PositionNic } from "../fabric/positions.ts";
import type { BootFiles } from "../image/store.ts";
import type { Accelerator } from "../qemu/accelerator.ts";
import {
  acceleratorOptions,
  bootOptions,
  MACHINE_TYPES,
  qemuProgram,
  readOnlyDisk,
  virtio,
} from "../qemu/options.ts";
import type { Architecture } from "../system/architecture.ts";
import type { Command } from "../system/host.ts";
import { diskPath, type VmFolder } from "./folder.ts";
import type { BootDevice, Profile } from "./profile.ts";

/** A VM as it is started. */
export interface VmSpec {
  readonly profile: Profile;
  readonly nics: readonly PositionNic[];
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  /** For a VM that boots the switches' image. */
  readonly boot: BootFiles | null;
  /** Path of the firmware's code, and of the VM's own variables; null for BIOS. */
  readonly firmware: { readonly code: string; readonly variables: string } | null;
  /** Folder of the files for cloud-init; null for none. */
  readonly seed: string | null;
}

/** Returns the exact command that runs a VM, without its confinement. */
export function vmCommand(spec: VmSpec, folder: VmFolder): Command {
  const { profile, architecture, accelerator, boot } = spec;
  return {
    file: qemuProgram(architecture),
    args: [
      ["-name", `guest=${folder.name},debug-threads=on`],
      ["-no-user-config", "-nodefaults", "-display", "none"],
      ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"],
      ["-pidfile", folder.pid],
      ["-machine", MACHINE_TYPES[architecture]],
      acceleratorOptions(architecture, accelerator),
      ["-smp", String(profile.vcpus), "-m", `size=${profile.memoryMiB}M`],
      boot === null ? [] : imageOptions({ architecture, accelerator, boot }, folder),
      firmwareOptions(spec),
      diskOptions(spec, folder),
      controlOptions(spec, folder),
      ["-object", "rng-builtin,id=rng", "-device", virtio("rng", 3, "rng=rng")],
      spec.nics.flatMap((nic) => nicOptions(spec, nic)),
    ].flat(),
  };
}

function imageOptions(
  settings: {
    readonly architecture: Architecture;
    readonly accelerator: Accelerator;
    readonly boot: BootFiles;
  },
  folder: VmFolder,
): string[] {
  return [
    ...bootOptions(settings),
    ...readOnlyDisk("root", settings.boot.root, 1),
    ...readOnlyDisk("node", folder.files, 2),
  ];
}

function firmwareOptions({ firmware }: VmSpec): string[] {
  return firmware === null
    ? []
    : [
        ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${firmware.code}`],
        ...["-drive", `if=pflash,unit=1,format=raw,file=${firmware.variables}`],
      ];
}

/** First slots of disks and NICs on the root bus. Slots 1 to 7 are for the devices that every VM has. */
const FIRST_DISK = 8;
const FIRST_NIC = 20;

function diskOptions({ profile, seed }: VmSpec, folder: VmFolder): string[] {
  const disks = profile.disks.flatMap((_, index) => [
    "-blockdev",
    `driver=qcow2,node-name=disk${index + 1},discard=unmap,file.driver=file,file.filename=${diskPath(folder, index + 1)}`,
    "-device",
    virtio(
      "blk",
      FIRST_DISK + index,
      [
        `drive=disk${index + 1},serial=disk${index + 1}`,
        ...(index === 0 ? bootIndex(profile, "disk") : []),
      ].join(","),
    ),
  ]);
  return seed === null
    ? disks
    : [
        ...disks,
        // QEMU shows the folder as a FAT disk with this label, by which cloud-init finds it.
        ...["-blockdev", `driver=vvfat,node-name=seed,dir=${seed},label=cidata,read-only=on`],
        ...["-device", virtio("blk", FIRST_DISK + profile.disks.length, "drive=seed")],
      ];
}

function nicOptions({ profile, accelerator }: VmSpec, { nic, tap, mac, mtu }: PositionNic): string[] {
  const options = [
    `netdev=net${nic},mac=${mac},host_mtu=${mtu},speed=10000,duplex=full`,
    // Firmware would load a boot ROM for every NIC of a VM that never boots from the network.
    ...(profile.image === "switch" ? ["romfile="] : nic === 1 ? bootIndex(profile, "network") : []),
    ...(accelerator === "tcg" ? ["vectors=0", "ioeventfd=off"] : []),
  ];
  return [
    ...["-netdev", `tap,id=net${nic},ifname=${tap},script=no,downscript=no`],
    ...["-device", virtio("net", FIRST_NIC + nic, options.join(","))],
  ];
}

function bootIndex({ boot }: Profile, device: BootDevice): string[] {
  const index = boot.indexOf(device);
  return index < 0 ? [] : [`bootindex=${index}`];
}

function controlOptions(spec: VmSpec, folder: VmFolder): string[] {
  return [
    ...[
      "-chardev",
      `socket,id=qmp,path=${folder.qmp},server=on,wait=off`,
      "-mon",
      "chardev=qmp,mode=control",
    ],
    ...["-device", virtio("serial", 4, "id=channels")],
    ...["-chardev", `socket,id=agent,path=${folder.agent},server=on,wait=off`],
    ...["-device", "virtserialport,bus=channels.0,nr=1,chardev=agent,name=org.qemu.guest_agent.0"],
    "-chardev",
    `socket,id=serial,path=${folder.serial},server=on,wait=off,logfile=${folder.console},logappend=on`,
    ...["-serial", "chardev:serial", "-vnc", `unix:${folder.vnc}`],
    ...screenOptions(spec),
  ];
}

/** The switches' image has no use for a graphics card: it has a console that QEMU renders. */
function screenOptions({ profile, architecture }: VmSpec): string[] {
  return profile.image === "switch"
    ? [
        ...["-chardev", "vc,id=terminal,cols=80,rows=25"],
        ...["-device", "virtconsole,bus=channels.0,nr=0,chardev=terminal"],
      ]
    : architecture === "x86_64"
      ? ["-vga", "std"]
      : ["-device", "virtio-gpu-pci"];
}
