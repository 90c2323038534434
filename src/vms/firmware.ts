import { PreflightError } from "../errors.ts";
import type { Architecture } from "../system/architecture.ts";
import type { EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import { type VmFolder, variablesPath } from "./folder.ts";

/** Files of Debian's UEFI firmware. */
export interface Firmware {
  /** Read-only, the same for all VMs. */
  readonly code: string;
  /** Initial content of a VM's own variables. */
  readonly variables: string;
}

const FIRMWARE: Readonly<Record<Architecture, Firmware & { readonly package: string }>> = {
  x86_64: {
    code: "/usr/share/OVMF/OVMF_CODE_4M.fd",
    variables: "/usr/share/OVMF/OVMF_VARS_4M.fd",
    package: "ovmf",
  },
  arm64: {
    code: "/usr/share/AAVMF/AAVMF_CODE.fd",
    variables: "/usr/share/AAVMF/AAVMF_VARS.fd",
    package: "qemu-efi-aarch64",
  },
};

/** Returns the UEFI firmware for VMs. @throws PreflightError if its package is not installed. */
export async function findFirmware(host: Host, architecture: Architecture): Promise<Firmware> {
  const firmware = FIRMWARE[architecture];
  if ((await host.stat(firmware.code)) === undefined) {
    throw new PreflightError([
      {
        what: `no ${firmware.code}`,
        why: "the profile has firmware = uefi",
        fix: `apt install ${firmware.package}`,
      },
    ]);
  }
  return firmware;
}

/** Makes the variables of a VM's firmware if it has none yet, also if a BMC has just changed it to UEFI. */
export async function provideVariables(
  host: Host,
  firmware: Firmware,
  folder: Pick<VmFolder, "state">,
  user: EmulatorUser,
): Promise<void> {
  const path = variablesPath(folder);
  if ((await host.stat(path)) === undefined) {
    const owner = ["-o", String(user.uid), "-g", String(user.gid)];
    await host.run({ file: "install", args: ["-m", "0600", ...owner, "--", firmware.variables, path] });
  }
}
