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
  readonly uuid: string;
  /** Devices to boot from, the first one first. */
  readonly bootOrder: readonly BootDevice[];
  /** Path or URL of the image in the CD drive; null: the drive is empty. */
  readonly cd: string | null;
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
      ["-pidfile", folder.pid, "-uuid", spec.uuid],
      ["-machine", MACHINE_TYPES[architecture]],
      acceleratorOptions(architecture, accelerator),
      ["-smp", String(profile.vcpus), "-m", `size=${profile.memoryMiB}M`],
      boot === null ? [] : imageOptions({ architecture, accelerator, boot }, folder),
      firmwareOptions(spec),
      diskOptions(spec, folder),
      cdOptions(spec),
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
const CD_SLOT = 19;
const FIRST_NIC = 20;

/** IDs of the CD drive and of the image in it. */
export const CD_DRIVE = "cd";
export const CD_MEDIUM = "medium";
const CD_READ_AHEAD_BYTES = 512 * 1024;
/** IDs of the devices that a VM can boot from. */
export const BOOT_IDS: Readonly<Record<BootDevice, string>> = {
  disk: "boot-disk",
  network: "nic1",
  cd: CD_DRIVE,
};

function diskOptions({ profile, seed, bootOrder }: VmSpec, folder: VmFolder): string[] {
  const disks = profile.disks.flatMap((_, index) => [
    "-blockdev",
    `driver=qcow2,node-name=disk${index + 1},discard=unmap,file.driver=file,file.filename=${diskPath(folder, index + 1)}`,
    "-device",
    virtio(
      "blk",
      FIRST_DISK + index,
      [
        `drive=disk${index + 1},serial=disk${index + 1}`,
        ...(index === 0 ? [`id=${BOOT_IDS.disk}`, ...bootIndex(bootOrder, "disk")] : []),
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

/** Returns the options of the CD drive. A VM that boots the switches' image has none. */
function cdOptions({ profile, bootOrder, cd }: VmSpec): string[] {
  if (profile.image === "switch") {
    return [];
  }
  const medium = cd === null ? [] : ["-blockdev", JSON.stringify(cdMedium(cd))];
  const options = [
    `bus=scsi.0,id=${CD_DRIVE}`,
    ...(cd === null ? [] : [`drive=${CD_MEDIUM}`]),
    ...bootIndex(bootOrder, "cd"),
  ];
  return [
    ...medium,
    ...["-device", virtio("scsi", CD_SLOT, "id=scsi"), "-device", `scsi-cd,${options.join(",")}`],
  ];
}

/** Returns the block device of an image for the CD drive, as `blockdev-add` of QMP takes it. */
export function cdMedium(image: string): Readonly<Record<string, unknown>> {
  const [, protocol] = /^(https?):/.exec(image) ?? [];
  const file =
    protocol === undefined
      ? { driver: "file", filename: image, locking: "off" }
      : { driver: protocol, url: image, readahead: CD_READ_AHEAD_BYTES };
  return { driver: "raw", "node-name": CD_MEDIUM, "read-only": true, file };
}

function nicOptions(
  { profile, accelerator, bootOrder }: VmSpec,
  { nic, tap, mac, mtu }: PositionNic,
): string[] {
  const options = [
    `netdev=net${nic},id=nic${nic},mac=${mac},host_mtu=${mtu},speed=10000,duplex=full`,
    // Firmware would load a boot ROM for every NIC of a VM that never boots from the network.
    ...(profile.image === "switch" ? ["romfile="] : nic === 1 ? bootIndex(bootOrder, "network") : []),
    ...(accelerator === "tcg" ? ["vectors=0", "ioeventfd=off"] : []),
  ];
  return [
    ...["-netdev", `tap,id=net${nic},ifname=${tap},script=no,downscript=no`],
    ...["-device", virtio("net", FIRST_NIC + nic, options.join(","))],
  ];
}

function bootIndex(bootOrder: readonly BootDevice[], device: BootDevice): string[] {
  const index = bootOrder.indexOf(device);
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
    ...["-chardev", `socket,id=sol,path=${folder.sol},server=on,wait=off`],
    ...screenOptions(spec),
  ];
}

/**
 * The switches' image has no use for a graphics card: it has a console that QEMU renders. A BMC's console is one of its
 * own, as with switches, or else the second serial port.
 */
function screenOptions({ profile, architecture }: VmSpec): string[] {
  return profile.image === "switch"
    ? [
        ...["-chardev", "vc,id=terminal,cols=80,rows=25"],
        ...["-device", "virtconsole,bus=channels.0,nr=0,chardev=terminal"],
        ...["-device", "virtconsole,bus=channels.0,nr=2,chardev=sol"],
      ]
    : architecture === "x86_64"
      ? ["-vga", "std", "-device", "isa-serial,index=1,chardev=sol"]
      : ["-device", "virtio-gpu-pci", "-device", "pci-serial,chardev=sol"];
}
