import { PreflightError } from "../errors.ts";
import type { EmulatorUser } from "./confine.ts";
import type { Host } from "./host.ts";

/**
 * Looks the emulator's user up.
 * @throws PreflightError if there is no such user.
 */
export async function findEmulatorUser(host: Host, name: string): Promise<EmulatorUser> {
  // getent ends with 2 where the name is not found (getent(1)).
  const entry = await host.run({ file: "getent", args: ["passwd", name] }, { okExitCodes: [2] });
  const fields = entry.stdout.trim().split(":");
  const [uid, gid] = [Number(fields[2]), Number(fields[3])];
  if (entry.exitCode !== 0 || !Number.isInteger(uid) || !Number.isInteger(gid)) {
    throw new PreflightError([
      {
        what: `no system user ${name}`,
        why: "switches run as this unprivileged user (EMULATOR_USER)",
        fix: `useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ${name}`,
      },
    ]);
  }
  return { name, uid, gid, kvmGid: await findKvmGroup(host) };
}

/** Returns the group of /dev/kvm, if the group may read and write it and is not root's. */
async function findKvmGroup(host: Host): Promise<number | null> {
  const device = await host.run({ file: "stat", args: ["--format=%g %a", "/dev/kvm"] }, { okExitCodes: [1] });
  const [gid, mode] = device.stdout.trim().split(" ");
  if (gid === undefined || gid === "0" || mode === undefined) {
    return null;
  }
  const groupMayReadAndWrite = (Number.parseInt(mode, 8) & 0o060) === 0o060;
  return groupMayReadAndWrite ? Number(gid) : null;
}
