import { PreflightError } from "../errors.ts";
import { findArchitecture } from "../system/architecture.ts";
import type { EmulatorUser } from "../system/confine.ts";
import { confined } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import { findFirmware, provideVariables } from "./firmware.ts";
import { diskPath, type VmFolder } from "./folder.ts";
import type { DiskProfile, Profile } from "./profile.ts";

/** A profile's base images, each with its format: `qcow2`, `raw`. */
export type BaseFormats = ReadonlyMap<string, string>;

/**
 * Examines the base images of a profile as the emulator's user, who has to read them.
 * @throws PreflightError for an image that is missing, unreadable, or of an unknown form, and without qemu-img.
 */
export async function examineBases(host: Host, user: EmulatorUser, profile: Profile): Promise<BaseFormats> {
  if (profile.disks.length > 0) {
    await demandImageTool(host);
  }
  const bases = [...new Set(profile.disks.flatMap(({ base }) => base ?? []))];
  const found = await Promise.all(
    bases.map(async (base) => [base, await formatOf(host, user, base)] as const),
  );
  return new Map(found);
}

async function demandImageTool(host: Host): Promise<void> {
  const { exitCode } = await host.run({ file: "which", args: ["qemu-img"] }, { okExitCodes: [1] });
  if (exitCode !== 0) {
    throw new PreflightError([
      { what: "missing program: qemu-img", why: "makes the VM's disks", fix: "apt install qemu-utils" },
    ]);
  }
}

async function formatOf(host: Host, user: EmulatorUser, base: string): Promise<string> {
  const command = { file: "qemu-img", args: ["info", "--output=json", "--", base] };
  const { exitCode, stdout, stderr } = await host.run(confined(command, user, { kvm: false }), {
    okExitCodes: "any",
  });
  const { format, "backing-filename": backing } = exitCode === 0 ? (JSON.parse(stdout) as ImageInfo) : {};
  if (format === undefined || backing !== undefined) {
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
  return format;
}

interface ImageInfo {
  readonly format?: string;
  readonly "backing-filename"?: string;
}

/** Makes a VM's disks, and the variables of its UEFI firmware. A base is only read. */
export async function makeDisks(
  host: Host,
  folder: VmFolder,
  profile: Profile,
  { user, formats }: { readonly user: EmulatorUser; readonly formats: BaseFormats },
): Promise<void> {
  const made: string[] = [];
  for (const [index, disk] of profile.disks.entries()) {
    const path = diskPath(folder, index + 1);
    await host.run({
      file: "qemu-img",
      args: ["create", "-q", "-f", "qcow2", ...createWords(disk, formats, path)],
    });
    made.push(path);
  }
  if (profile.firmware === "uefi") {
    await provideVariables(host, await findFirmware(host, await findArchitecture(host)), folder, user);
  }
  if (made.length > 0) {
    await host.run({ file: "chown", args: [`${user.uid}:${user.gid}`, ...made] });
    await host.run({ file: "chmod", args: ["0600", ...made] });
  }
}

function createWords({ size, base }: DiskProfile, formats: BaseFormats, path: string): readonly string[] {
  const backing = base === null ? [] : ["-b", base, "-F", formats.get(base) ?? "raw"];
  return [...backing, "--", path, ...(size === null ? [] : [size])];
}
