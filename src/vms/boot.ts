import type { BootOverride } from "../bmc/model/control.ts";
import { CommandError } from "../errors.ts";
import { emulatorProcess, pressReset } from "../qemu/power.ts";
import { type Qmp, withQmp } from "../qemu/qmp.ts";
import type { Host } from "../system/host.ts";
import { type VmFolder, type VmPlace, vmFolder } from "./folder.ts";
import type { BootDevice, Profile } from "./profile.ts";
import { BOOT_IDS, CD_DRIVE, CD_MEDIUM, cdMedium } from "./qemu-command.ts";
import { type VmRecord, writeRecord } from "./record.ts";

const QMP_TIMEOUT_MS = 10_000;

/** Returns the devices to boot from: that of the override first, then those of the profile. */
export function bootOrder({ boot }: Profile, override: BootOverride | null): readonly BootDevice[] {
  return override === null ? boot : [override.target, ...boot.filter((device) => device !== override.target)];
}

/** Returns the devices that a VM with this profile can boot from. */
export function bootDevices({ image, disks }: Profile): readonly BootDevice[] {
  return image === "switch" ? [] : [...(disks.length > 0 ? (["disk"] as const) : []), "network", "cd"];
}

/**
 * Makes a running VM use its profile's order from its next reset on. QEMU tells the firmware the order when the machine
 * is reset, so that the present boot still has the order that QEMU was started with.
 */
export async function restoreBootOrder(host: Host, folder: VmFolder, profile: Profile): Promise<void> {
  const devices = bootDevices(profile);
  await speak(host, folder, async (qmp) => {
    const set = (device: BootDevice, value: number) =>
      qmp.execute("qom-set", {
        path: `/machine/peripheral/${BOOT_IDS[device]}`,
        property: "bootindex",
        value,
      });
    // First without any, since no two devices may have the same place.
    for (const device of devices) {
      await set(device, -1);
    }
    for (const [index, device] of profile.boot.entries()) {
      if (devices.includes(device)) {
        await set(device, index);
      }
    }
  });
}

/**
 * Presses a VM's reset button. With a boot override QEMU is started anew, since it takes the override at its start.
 * @throws CommandError if it is off.
 */
export async function resetVm(
  host: Host,
  place: VmPlace,
  record: VmRecord,
  again: { readonly stop: () => Promise<unknown>; readonly start: () => Promise<unknown> },
): Promise<void> {
  const folder = vmFolder(place, record.name);
  if ((await emulatorProcess(host, folder)) === undefined) {
    throw new CommandError(`reset ${record.name}`, undefined, "it is off");
  }
  if (record.boot === null) {
    await pressReset(host, folder);
    return;
  }
  await again.stop();
  await again.start();
}

/** Writes a record whose CD image has changed. A running VM sees the change at once. */
export async function changeCd(host: Host, place: VmPlace, record: VmRecord): Promise<void> {
  const folder = vmFolder(place, record.name);
  if ((await emulatorProcess(host, folder)) !== undefined) {
    await speak(host, folder, (qmp) => changeMedium(qmp, record.cd));
  }
  await writeRecord(host, folder, record);
}

async function changeMedium(qmp: Qmp, image: string | null): Promise<void> {
  await qmp.execute("blockdev-open-tray", { id: CD_DRIVE, force: true });
  await qmp.execute("blockdev-remove-medium", { id: CD_DRIVE });
  // There is none if the drive was empty.
  await qmp.execute("blockdev-del", { "node-name": CD_MEDIUM }).catch(ignoreRefusal);
  try {
    if (image !== null) {
      await qmp.execute("blockdev-add", cdMedium(image));
      await qmp.execute("blockdev-insert-medium", { id: CD_DRIVE, "node-name": CD_MEDIUM });
    }
  } finally {
    await qmp.execute("blockdev-close-tray", { id: CD_DRIVE });
  }
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof CommandError)) {
    throw error;
  }
}

function speak<T>(host: Host, folder: VmFolder, work: (qmp: Qmp) => Promise<T>): Promise<T> {
  return withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, work);
}
