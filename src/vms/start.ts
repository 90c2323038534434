import { machineUuid } from "../bmc/target.ts";
import { PreflightError } from "../errors.ts";
import type { PositionNic } from "../fabric/positions.ts";
import { serverAddress6 } from "../fabric/server-address.ts";
import { nodeDisk } from "../image/source.ts";
import { Address } from "../net/address.ts";
import { ensureIdentity } from "../nodes/identity.ts";
import { mountLogs } from "../nodes/log-folder.ts";
import type { TapHolder } from "../ports/holders.ts";
import { emulatorProcess, startEmulator } from "../qemu/power.ts";
import { keyLines } from "../render/ssh.ts";
import type { Architecture } from "../system/architecture.ts";
import { inGroups } from "../system/cgroups/join.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import { bootOrder, restoreBootOrder } from "./boot.ts";
import { findFirmware, provideVariables } from "./firmware.ts";
import { type VmFolder, variablesPath, vmFolder, vmsRunFolder } from "./folder.ts";
import { imageFiles } from "./image-files.ts";
import { makeVmGroup } from "./limits.ts";
import { vmNics } from "./nics.ts";
import { type VmSpec, vmCommand } from "./qemu-command.ts";
import { type VmRecord, writeRecord } from "./record.ts";
import { demand, writeSeed } from "./seed.ts";
import type { VmSite } from "./site.ts";

/**
 * Starts a VM at its rack position.
 * @param holders of all taps, from `findTapHolders`; found once for all VMs that are started together.
 * @returns false if it runs already.
 * @throws PreflightError if its taps are missing or somebody else is attached to them.
 * @throws CommandError with QEMU's error message if it does not start.
 */
export async function startVm(
  host: Host,
  site: VmSite,
  record: VmRecord,
  holders: readonly TapHolder[],
): Promise<boolean> {
  const folder = vmFolder(site.settings, record.name);
  if ((await emulatorProcess(host, folder)) !== undefined) {
    return false;
  }
  const nics = vmNics(site.fabric, record);
  await checkTaps(host, record, nics, holders);
  await makeFolders(host, site, folder);
  const spec = await vmSpec(host, site, record, { folder, nics });
  const groups = await makeVmGroup(host, site.settings, record.name, record.profile);
  await startEmulator(host, folder, {
    command: inGroups(
      confined(vmCommand(spec, folder), site.user, { kvm: site.accelerator === "kvm" }),
      groups,
    ),
    what: `the start of ${record.name}`,
    asRoot: true,
  });
  const once = record.boot?.until === "once";
  await writeRecord(host, folder, { ...record, wanted: true, ...(once ? { boot: null } : {}) });
  if (once) {
    await restoreBootOrder(host, folder, record.profile);
  }
  return true;
}

async function checkTaps(
  host: Host,
  { name, rack, position }: VmRecord,
  nics: readonly PositionNic[],
  holders: readonly TapHolder[],
): Promise<void> {
  const taps = nics.map(({ tap }) => tap);
  const found = await Promise.all(taps.map((tap) => host.stat(`/sys/class/net/${tap}`)));
  const missing = taps.filter((_, index) => found[index] === undefined);
  const others = holders.filter(({ tap }) => taps.includes(tap));
  const why = `${name} is the server in rack ${rack} at U${position}`;
  const problems = [
    ...missing.map((tap) => ({ what: `no tap ${tap}`, why, fix: "run 'ikvswitch up'" })),
    ...[...new Set(others.map(({ description }) => description))].map((description) => ({
      what: `rack ${rack} U${position} is occupied by ${description}`,
      why,
      fix: "stop it, or make the VM at another position",
    })),
  ];
  if (problems.length > 0) {
    throw new PreflightError(problems);
  }
}

async function makeFolders(host: Host, { settings, user }: VmSite, folder: VmFolder): Promise<void> {
  await mountLogs(host, settings.runDir);
  // What an earlier run left.
  await host.remove(folder.path);
  await host.makeDirectory(vmsRunFolder(settings.runDir), 0o755);
  const { uid, gid } = user;
  const install = (owner: number, mode: string, ...folders: readonly string[]) =>
    host.run({ file: "install", args: ["-d", "-m", mode, "-o", `${owner}`, "-g", `${gid}`, ...folders] });
  await install(0, "0750", folder.path, folder.logs);
  await install(uid, "0700", folder.run);
  const logs = [folder.qemuLog, folder.console];
  await Promise.all(logs.map((file) => host.writeFile(file, "", 0o640)));
  await host.run({ file: "chown", args: [`${uid}:${gid}`, ...logs] });
}

async function vmSpec(
  host: Host,
  site: VmSite,
  record: VmRecord,
  { folder, nics }: { readonly folder: VmFolder; readonly nics: readonly PositionNic[] },
): Promise<VmSpec> {
  const { profile } = record;
  const { architecture, accelerator, image, user } = site;
  const identity = await ensureIdentity(host, folder.state, record.name);
  const firmware = profile.firmware === "uefi" ? await uefi(host, architecture, folder, user) : null;
  const seed = await writeSeed(host, folder, { profile, instance: identity.machineId, user });
  const common = {
    ...{ profile, nics, architecture, accelerator, firmware, seed },
    uuid: machineUuid(site.fabric.domain, record.name),
    bootOrder: bootOrder(profile, record.boot),
    cd: record.cd,
  };
  if (profile.image === "none" || image === null) {
    return { ...common, boot: null };
  }
  const ownKeys = profile.sshKeys === "" ? [] : keyLines(await demand(host, profile.sshKeys));
  const files = imageFiles({
    ...{ name: record.name, nics, vlan: site.fabric.serverAccess.vlan, domain: site.fabric.domain },
    announced:
      record.announced === null
        ? null
        : {
            address: Address.from(record.announced.address),
            address6: serverAddress6(site.fabric, record.rack, record.position),
            asn: record.announced.asn,
          },
    bfdIntervalMs: site.fabric.serverAccess.bfd ? site.fabric.bfdIntervalMs : null,
    bootServer: profile.bootServer,
    ...identity,
    dnsServers: image.dnsServers,
    authorizedKeys: [...image.authorizedKeys, ...ownKeys],
    rootPasswordHash: image.rootPasswordHash,
  });
  await host.writeFile(folder.files, paddedDisk(nodeDisk(files)), 0o640);
  await host.run({ file: "chgrp", args: [String(user.gid), folder.files] });
  return { ...common, boot: image.boot };
}

async function uefi(host: Host, architecture: Architecture, folder: VmFolder, user: EmulatorUser) {
  const firmware = await findFirmware(host, architecture);
  await provideVariables(host, firmware, folder, user);
  return { code: firmware.code, variables: variablesPath(folder) };
}

/** Returns the archive as a disk, whose size is a multiple of QEMU's sectors. */
function paddedDisk(archive: Uint8Array): Uint8Array {
  const sector = 4096;
  const disk = new Uint8Array(Math.ceil(archive.length / sector) * sector);
  disk.set(archive);
  return disk;
}
