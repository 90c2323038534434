import type { Command } from "../../system/host.ts";

/** The unprivileged system user that the emulators run as. */
export interface EmulatorUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Group that may open /dev/kvm, where there is one; given only to machines that use KVM. */
  readonly kvmGid: number | null;
}

/**
 * Run a program as the emulator user, with no way back: no capability, no other group, and no set-user-ID
 * program below it gains anything. QEMU's own -runas is not used: it is deprecated since QEMU 9.1, and can't be
 * had together with the seccomp sandbox's elevateprivileges=deny.
 */
export function confined(command: Command, user: EmulatorUser, options: { readonly kvm: boolean }): Command {
  const groups = options.kvm && user.kvmGid !== null ? `--groups=${user.kvmGid}` : "--clear-groups";
  return {
    ...command,
    file: "setpriv",
    args: [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      groups,
      "--bounding-set=-all",
      ...NO_RIGHTS,
      command.file,
      ...command.args,
    ],
  };
}

/** The same for whoever is that user already, with a right that the program is not to have. */
export function withoutRights(command: Command): Command {
  return { ...command, file: "setpriv", args: [...NO_RIGHTS, command.file, ...command.args] };
}

const NO_RIGHTS = ["--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs", "--"];
