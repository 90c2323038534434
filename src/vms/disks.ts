import { PreflightError } from "../errors.ts";
import { findArchitecture } from "../system/architecture.ts";
import type { EmulatorUser } from "../system/confine.ts";
import { confined } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import { findFirmware, provideVariables } from "./firmware.ts";
import { diskPath, type VmFolder } from "./folder.ts";
import type { DiskProfile, Profile } from "./profile.ts";

/** A base image as qemu-img describes it. */
export interface BaseImage {
  /** `qcow2`, `raw`. */
  readonly format: string;
  /** Of the disk that the guest sees. */
  readonly sizeBytes: number;
  /** Room that a copy takes; 0 if no disk is one. */
  readonly copyBytes: number;
}

/** A profile's base images, by path. */
export type BaseImages = ReadonlyMap<string, BaseImage>;

/**
 * Examines the base images of a profile as the emulator's user, who has to read them.
 * @throws PreflightError for an image that is missing, unreadable, of an unknown form, or larger than its copy, and
 *   without qemu-img.
 */
export async function examineBases(host: Host, user: EmulatorUser, profile: Profile): Promise<BaseImages> {
  if (profile.disks.length > 0) {
    await demandImageTool(host);
  }
  const bases = [...new Set(profile.disks.flatMap(({ base }) => base ?? []))];
  const found = await Promise.all(
    bases.map(async (base) => {
      const copies = profile.disks.some((disk) => disk.copy && disk.base === base);
      return [base, await examineBase(host, user, { base, copies })] as const;
    }),
  );
  checkSizes(profile, new Map(found));
  return new Map(found);
}

const MIB = 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = { M: MIB, G: 1024 * MIB, T: 1024 * 1024 * MIB };

function checkSizes({ name, disks }: Profile, bases: BaseImages): void {
  const problems = disks.flatMap(({ size, base, copy }, index) => {
    const neededBytes = copy && base !== null ? (bases.get(base)?.sizeBytes ?? 0) : 0;
    return size !== null && sizeInBytes(size) < neededBytes
      ? [
          {
            what: `disk${index + 1} has ${size}, and ${base} has ${Math.ceil(neededBytes / MIB)} MiB`,
            why: `profile ${name} copies this image to the disk`,
            fix: "give a larger size, or none for that of the image",
          },
        ]
      : [];
  });
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
}

function sizeInBytes(size: string): number {
  return Number(size.slice(0, -1)) * (UNITS[size.slice(-1)] ?? 1);
}

/** Returns the size of a VM's disks together, as their guest sees them, from a record. */
export function disksMiB({ disks }: Profile): number {
  return disks.reduce((sum, { size }) => sum + (size === null ? 0 : sizeInBytes(size) / MIB), 0);
}

/** Returns the profile with a size for each disk: that of its base if it has none of its own, in whole MiB. */
export function withSizes(profile: Profile, bases: BaseImages): Profile {
  const sizeOf = ({ size, base }: DiskProfile) => {
    const bytes = bases.get(base ?? "")?.sizeBytes;
    return size ?? (bytes === undefined ? null : `${Math.ceil(bytes / MIB)}M`);
  };
  return { ...profile, disks: profile.disks.map((disk) => ({ ...disk, size: sizeOf(disk) })) };
}

/** Tables of a qcow2 image whose guest has written nothing yet. */
const EMPTY_DISK_MIB = 1;

/** Returns the room that a new VM's disks and its firmware's variables take. */
export async function diskRoomMiB(host: Host, profile: Profile, bases: BaseImages): Promise<number> {
  const copies = profile.disks.map(({ base, copy }) => (copy ? (bases.get(base ?? "")?.copyBytes ?? 0) : 0));
  const bytes = copies.reduce((sum, value) => sum + value, await variablesBytes(host, profile));
  return Math.ceil(bytes / MIB) + EMPTY_DISK_MIB * profile.disks.length;
}

async function variablesBytes(host: Host, { firmware }: Profile): Promise<number> {
  if (firmware !== "uefi") {
    return 0;
  }
  const { variables } = await findFirmware(host, await findArchitecture(host));
  return (await host.stat(variables))?.sizeBytes ?? 0;
}

async function demandImageTool(host: Host): Promise<void> {
  const { exitCode } = await host.run({ file: "which", args: ["qemu-img"] }, { okExitCodes: [1] });
  if (exitCode !== 0) {
    throw new PreflightError([
      { what: "missing program: qemu-img", why: "makes the VM's disks", fix: "apt install qemu-utils" },
    ]);
  }
}

async function examineBase(
  host: Host,
  user: EmulatorUser,
  { base, copies }: { readonly base: string; readonly copies: boolean },
): Promise<BaseImage> {
  const command = { file: "qemu-img", args: ["info", "--output=json", "--", base] };
  const { exitCode, stdout, stderr } = await host.run(confined(command, user, { kvm: false }), {
    okExitCodes: "any",
  });
  const info: ImageInfo = exitCode === 0 ? JSON.parse(stdout) : {};
  const { format, "virtual-size": sizeBytes, "backing-filename": backing } = info;
  if (format === undefined || sizeBytes === undefined || backing !== undefined) {
    throw new PreflightError([
      {
        what:
          backing === undefined
            ? `${base} can't be used: ${stderr.trim().split("\n")[0]}`
            : `${base} is itself based on ${backing}`,
        why: "the profile's disk is based on this image",
        fix:
          backing === undefined
            ? `give the path of a disk image that user ${user.name} can read`
            : `qemu-img convert -O qcow2 ${base} NEW.qcow2`,
      },
    ]);
  }
  return { format, sizeBytes, copyBytes: copies ? await copyBytes(host, user, { base, format }) : 0 };
}

async function copyBytes(
  host: Host,
  user: EmulatorUser,
  { base, format }: { readonly base: string; readonly format: string },
): Promise<number> {
  const args = ["measure", "--output=json", "-f", format, "-O", "qcow2", "--", base];
  const { stdout } = await host.run(confined({ file: "qemu-img", args }, user, { kvm: false }));
  return (JSON.parse(stdout) as { readonly required: number }).required;
}

interface ImageInfo {
  readonly format?: string;
  readonly "virtual-size"?: number;
  readonly "backing-filename"?: string;
}

/** Makes a VM's disks, and the variables of its UEFI firmware. A base is only read. */
export async function makeDisks(
  host: Host,
  folder: Pick<VmFolder, "state">,
  profile: Profile,
  { user, bases }: { readonly user: EmulatorUser; readonly bases: BaseImages },
): Promise<void> {
  for (const [index, disk] of profile.disks.entries()) {
    await makeDisk(host, diskPath(folder, index + 1), disk, { user, bases });
  }
  if (profile.firmware === "uefi") {
    await provideVariables(host, await findFirmware(host, await findArchitecture(host)), folder, user);
  }
}

async function makeDisk(
  host: Host,
  path: string,
  disk: DiskProfile,
  { user, bases }: { readonly user: EmulatorUser; readonly bases: BaseImages },
): Promise<void> {
  const base = disk.base === null ? undefined : bases.get(disk.base);
  const words = createWords(disk, base, path);
  await host.run({ file: "qemu-img", args: ["create", "-q", "-f", "qcow2", ...words] });
  await giveTo(host, user, path);
  if (disk.copy && disk.base !== null && base !== undefined) {
    // As the emulator's user, since an image can name further files, which root could read.
    const command = {
      file: "qemu-img",
      args: ["convert", "-q", "-n", "-f", base.format, "-O", "qcow2", "--", disk.base, path],
    };
    await host.run(confined(command, user, { kvm: false }));
  }
}

function createWords(disk: DiskProfile, base: BaseImage | undefined, path: string): readonly string[] {
  const { size, base: backing, copy } = disk;
  if (copy && base !== undefined) {
    return ["--", path, size ?? String(base.sizeBytes)];
  }
  return [
    ...(backing === null ? [] : ["-b", backing, "-F", base?.format ?? "raw"]),
    ...["--", path, ...(size === null ? [] : [size])],
  ];
}

async function giveTo(host: Host, user: EmulatorUser, path: string): Promise<void> {
  await host.run({ file: "chown", args: [`${user.uid}:${user.gid}`, path] });
  await host.run({ file: "chmod", args: ["0600", path] });
}
