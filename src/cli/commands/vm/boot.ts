import type { Argv } from "yargs";
import type { BootOverride, BootTarget, Firmware } from "../../../bmc/model/control.ts";
import { UsageError } from "../../../errors.ts";
import type { VmRecord } from "../../../vms/record.ts";
import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { lockFabric } from "../../lock-network.ts";
import { print } from "../../output.ts";
import { printDocument } from "../../print-document.ts";
import { findRecord } from "./find-vm.ts";

interface NamedOptions extends GlobalOptions {
  readonly vm: string;
}

interface BootOptions extends NamedOptions {
  /** Absent: the choice is shown. */
  readonly device: BootTarget | "none" | undefined;
  readonly until: BootOverride["until"];
}

interface FirmwareOptions extends NamedOptions {
  readonly firmware: Firmware | undefined;
}

interface InsertOptions extends NamedOptions {
  readonly image: string;
}

const withName = (parser: Argv): Argv =>
  parser.positional("vm", { type: "string", describe: "Name of the VM" });

export const bootCommand = command<BootOptions>({
  command: "boot <vm> [device] [until]",
  describe: "Show or choose what a VM boots from",
  builder: (parser) =>
    withName(parser)
      .positional("device", {
        choices: ["network", "disk", "cd", "none"] as const,
        describe: "Device; none: the order of its profile (default: show the choice)",
      })
      .positional("until", {
        choices: ["once", "always"] as const,
        default: "once",
        describe: "For its next start or reset only, or for all (default: once)",
      })
      .example("$0 vm boot pxe1 network && $0 vm start pxe1", "boot it from the network, once"),
  run: ({ device, until, ...options }) =>
    device === undefined
      ? show(options)
      : change(options, "boot", (_, record) => withBoot(record, device, until)),
});

export const firmwareCommand = command<FirmwareOptions>({
  command: "firmware <vm> [firmware]",
  describe: "Show or choose a VM's firmware, from its next start on",
  builder: (parser) =>
    withName(parser).positional("firmware", {
      choices: ["bios", "uefi"] as const,
      describe: "Firmware (default: show it)",
    }),
  run: ({ firmware, ...options }) =>
    firmware === undefined
      ? show(options)
      : change(options, "firmware", (_, record) => withFirmware(record, firmware)),
});

export const insertCommand = command<InsertOptions>({
  command: "insert <vm> <image>",
  describe: "Put an ISO image into a VM's CD drive",
  builder: (parser) =>
    withName(parser)
      .positional("image", { type: "string", describe: "Absolute path or http(s) URL of the image" })
      .example("$0 vm insert pxe1 /srv/debian.iso && $0 vm boot pxe1 cd", "boot it from this image, once"),
  run: (options) =>
    change(options, "insert", async ({ host, settings }, record) => {
      const [{ checkCdImage }, { findEmulatorUser }] = await Promise.all([
        import("../../../vms/cd-image.ts"),
        import("../../../system/emulator-user.ts"),
      ]);
      assertCdDrive(record);
      await checkCdImage(host, await findEmulatorUser(host, settings.emulatorUser), options.image);
      return { ...record, cd: options.image };
    }),
});

export const ejectCommand = command<NamedOptions>({
  command: "eject <vm>",
  describe: "Empty a VM's CD drive",
  builder: withName,
  run: (options) =>
    change(options, "eject", (_, record) => {
      assertCdDrive(record);
      return { ...record, cd: null };
    }),
});

/** Changes a VM's record, and its CD drive if that is what changes, and prints what it boots from. */
async function change(
  options: NamedOptions,
  action: string,
  work: (context: Context, record: VmRecord) => VmRecord | Promise<VmRecord>,
): Promise<void> {
  const context = await loadContext(options);
  const { host, settings } = context;
  const changed = await lockFabric(context, `vm ${action}`, async () => {
    const record = await findRecord(context, options.vm);
    const next = await work(context, record);
    const [{ changeCd }, { writeRecord }, { vmFolder }] = await Promise.all([
      import("../../../vms/boot.ts"),
      import("../../../vms/record.ts"),
      import("../../../vms/folder.ts"),
    ]);
    if (next.cd !== record.cd) {
      await changeCd(host, settings, next);
    } else if (next !== record) {
      await writeRecord(host, vmFolder(settings, next.name), next);
    }
    return next;
  });
  printBoot(changed, options);
}

async function show(options: NamedOptions): Promise<void> {
  printBoot(await findRecord(await loadContext(options), options.vm), options);
}

function printBoot(record: VmRecord, { json }: GlobalOptions): void {
  const { name, boot, cd, profile } = record;
  if (json) {
    printDocument("vm boot", { name, boot, firmware: profile.firmware, cd });
  } else {
    print(`${name}: ${describeBoot(record)}.`);
  }
}

async function withBoot(
  record: VmRecord,
  device: BootTarget | "none",
  until: BootOverride["until"],
): Promise<VmRecord> {
  if (device === "none") {
    return { ...record, boot: null };
  }
  const { bootDevices } = await import("../../../vms/boot.ts");
  const devices = bootDevices(record.profile);
  if (!devices.includes(device)) {
    throw new UsageError(
      devices.length === 0
        ? `${record.name} boots the switches' image only`
        : `${record.name} can't boot from ${device}, but from ${devices.join(", ")}`,
    );
  }
  return { ...record, boot: { target: device, until } };
}

function withFirmware(record: VmRecord, firmware: Firmware): VmRecord {
  if (firmware === record.profile.firmware) {
    return record;
  }
  if (record.profile.image === "switch") {
    throw new UsageError(`${record.name} boots the switches' image, without firmware`);
  }
  return { ...record, profile: { ...record.profile, firmware } };
}

function assertCdDrive({ name, profile }: VmRecord): void {
  if (profile.image === "switch") {
    throw new UsageError(`${name} boots the switches' image, and has no CD drive`);
  }
}

function describeBoot({ boot, cd, profile }: VmRecord): string {
  const order =
    boot === null
      ? `boots from ${profile.boot.join(", ")}`
      : `boots from ${boot.target}${boot.until === "once" ? ", once" : ""}`;
  return `${profile.firmware}; ${order}; CD drive: ${cd ?? "empty"}`;
}
