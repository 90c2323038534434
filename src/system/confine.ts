import type { Command } from "./host.ts";

/** The unprivileged system user that the emulators run as. */
export interface EmulatorUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Group that may open /dev/kvm, where there is one; given only to machines that use KVM. */
  readonly kvmGid: number | null;
}

/**
 * Run a program as the emulator user, with no way back: no capability but the one that it may keep, no other group, and no
 * set-user-ID program below it gains anything. QEMU's own -runas is not used: it is deprecated since QEMU 9.1, and can't
 * be had together with the seccomp sandbox's elevateprivileges=deny.
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
  /** Whether it may open /dev/kvm. */
  readonly kvm: boolean;
  /** The one capability that it keeps, and hands on to what it starts. */
  readonly right?: "net_bind_service";
}

/** For whoever is that user already: a program that does not get the capability that its parent kept. */
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
