import { CommandError, FileError, UsageError } from "../errors.ts";
import { openStateFolder } from "../qemu/state-folder.ts";
import type { EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import type { Note } from "../system/progress.ts";
import { checkRoom } from "../system/room.ts";
import { isErrno } from "../system/unless-missing.ts";
import { makeWholeFolder } from "../system/whole-folder.ts";
import { type BaseImages, diskRoomMiB, examineBases, makeDisks, withSizes } from "./disks.ts";
import { recordPath, type VmPlace, vmFolder, vmsFolder } from "./folder.ts";
import type { Profile } from "./profile.ts";
import { type VmRecord, writeRecord } from "./record.ts";
import { removeVm } from "./stop.ts";

/** Room for a VM's record, identity and folder, and the number of its files besides disks. */
const OTHER_MIB = 1;
const OTHER_FILES = 10;

/**
 * Makes VMs of a profile: their folders, disks and records. If one of them can't be made, none is.
 * @returns their records, in which each disk has a size.
 * @throws UsageError if the folder of one exists.
 * @throws PreflightError if a base image can't be used, or STATE_DIR lacks the room.
 * @throws FileError if STATE_DIR becomes full meanwhile.
 */
export async function createVms(
  host: Host,
  place: VmPlace,
  {
    user,
    profile,
    planned,
    note,
  }: {
    readonly user: EmulatorUser;
    readonly profile: Profile;
    readonly planned: readonly VmRecord[];
    readonly note: Note;
  },
): Promise<readonly VmRecord[]> {
  const bases = await examineBases(host, user, profile);
  await demandRoom(host, vmsFolder(place.stateDir), { profile, bases, count: planned.length });
  await openStateFolder(host, place.stateDir, user);
  await openVmFolder(host, user, vmsFolder(place.stateDir));
  const made: VmRecord[] = [];
  try {
    for (const [index, record] of planned.entries()) {
      note(`${index} of ${planned.length}`);
      made.push(await createVm(host, place, { user, bases, record }));
    }
  } catch (error) {
    for (const { name } of made) {
      await removeVm(host, place, name);
    }
    throw isFull(error) ? noSpace(vmsFolder(place.stateDir), error) : error;
  }
  return made;
}

function isFull(error: unknown): boolean {
  const said = error instanceof CommandError && error.stderr.includes("No space left on device");
  return said || isErrno(error, "ENOSPC");
}

/** Neither Node nor qemu-img name what is full. */
function noSpace(folder: string, cause: unknown): FileError {
  return new FileError(folder, "no space left; no VM was made", cause);
}

async function demandRoom(
  host: Host,
  path: string,
  {
    profile,
    bases,
    count,
  }: { readonly profile: Profile; readonly bases: BaseImages; readonly count: number },
): Promise<void> {
  const mib = OTHER_MIB + (await diskRoomMiB(host, profile, bases));
  const files = OTHER_FILES + profile.disks.length;
  await checkRoom(host, [{ path, mib: mib * count, files: files * count }]);
}

/** Set-group-ID: what root puts into it gets the emulator's group, which may enter it. */
async function openVmFolder(host: Host, { gid }: EmulatorUser, path: string): Promise<void> {
  await host.run({ file: "install", args: ["-d", "-m", "2710", "-o", "0", "-g", String(gid), path] });
}

async function createVm(
  host: Host,
  place: VmPlace,
  {
    user,
    bases,
    record,
  }: { readonly user: EmulatorUser; readonly bases: BaseImages; readonly record: VmRecord },
): Promise<VmRecord> {
  const { state: path } = vmFolder(place, record.name);
  const made = { ...record, profile: withSizes(record.profile, bases) };
  const whole = {
    path,
    isThere: async () => (await host.stat(path)) !== undefined,
    // Nobody else makes it: the caller has the fabric's lock.
    ...{ timeoutMs: 0, onWait: () => {} },
  };
  const isNew = await makeWholeFolder(host, whole, async (state) => {
    await openVmFolder(host, user, state);
    await makeDisks(host, { state }, record.profile, { user, bases });
    await writeRecord(host, { record: recordPath({ state }) }, made);
  });
  if (!isNew) {
    throw new UsageError(`${path} is the folder of a VM that lost its record; move it or delete it`);
  }
  return made;
}
