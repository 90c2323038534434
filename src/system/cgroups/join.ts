import type { Command } from "../command.ts";

/** A cgroup that can't be joined is a limit less: the program is started nevertheless. */
const JOIN = 'IFS=:; for folder in $1; do echo 0 >"$folder/cgroup.procs"; done; shift; exec "$@"';

/**
 * Runs a program in these cgroups from its first instruction on, as the same process.
 * @param folders of the cgroups, in different hierarchies.
 */
export function inGroups(command: Command, folders: readonly string[]): Command {
  return folders.length === 0
    ? command
    : {
        ...command,
        file: "sh",
        args: ["-c", JOIN, "sh", folders.join(":"), command.file, ...command.args],
      };
}
