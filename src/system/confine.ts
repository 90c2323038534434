import type { Command } from "./host.ts";

/** The unprivileged system user that the emulators run as. */
export interface EmulatorUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Group that may open /dev/kvm, if there is one; given only to virtual machines that use KVM. */
  readonly kvmGid: number | null;
}

/**
 * Runs a program as the emulator's user, with no way back: it has no capability except one that it may keep, and no
 * other group, and set-user-ID programs below it gain nothing. QEMU's own -runas is not used: it is deprecated since
 * QEMU 9.1, and can't be combined with the seccomp sandbox's elevateprivileges=deny.
 */
export function confined(command: Command, user: EmulatorUser, { kvm, right }: Confinement): Command {
  const rights = right === undefined ? "-all" : `-all,+${right}`;
  return withoutWayBack(command, [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    kvm && user.kvmGid !== null ? `--groups=${user.kvmGid}` : "--clear-groups",
    `--inh-caps=${rights}`,
    `--ambient-caps=${rights}`,
    `--bounding-set=${rights}`,
  ]);
}

interface Confinement {
  /** Allow it to open /dev/kvm. */
  readonly kvm: boolean;
  /** The one capability that it keeps, and passes on to its children. */
  readonly right?: "net_bind_service";
}

/** For a caller that already is that user: runs a program without the capability that its parent kept. */
export function withoutRights(command: Command): Command {
  return withoutWayBack(command, ["--inh-caps=-all", "--ambient-caps=-all"]);
}

function withoutWayBack(command: Command, options: readonly string[]): Command {
  return {
    ...command,
    file: "setpriv",
    args: [...options, "--no-new-privs", "--", command.file, ...command.args],
  };
}
