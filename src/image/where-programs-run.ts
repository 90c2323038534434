import { dirname } from "node:path";
import type { Command, Host } from "../system/host.ts";

/**
 * Returns the command in a mount namespace that allows programs and devices in a folder below the state directory,
 * which may be mounted noexec, nodev and nosuid. No other process sees the mount, and the kernel removes it with the
 * namespace.
 *
 * For a process that already is in a mount namespace of its own.
 */
export function whereProgramsRun(folder: string, { file, args, ...rest }: Command): Command {
  return { ...rest, file: "sh", args: ["-c", ALLOW, "sh", folder, file, ...args] };
}

/**
 * The last of several mounts on a path is the one that counts. A bind mount has flags of its own, which may allow what
 * the flags of the file system below it forbid (mount(8)).
 */
const ALLOW = `
  case ,$(findmnt --noheadings --output VFS-OPTIONS --target "$1" | tail -n 1), in
    *,noexec,* | *,nodev,* | *,nosuid,*)
      mount --no-mtab --bind "$1" "$1" && mount --no-mtab -o remount,bind,exec,dev,suid "$1" || {
        echo "$1 is mounted noexec, nodev or nosuid, which can't be changed for the time of the build" >&2
        exit 1
      } ;;
  esac
  shift
  exec "$@"`;

/**
 * Reports whether programs can run below the folder while an image is built. The folder need not exist yet. Undefined
 * if we may not make a mount namespace.
 */
export async function canRunPrograms(host: Host, folder: string): Promise<boolean | undefined> {
  if ((await host.stat(folder)) === undefined && folder !== "/") {
    return canRunPrograms(host, dirname(folder));
  }
  const { file, args } = whereProgramsRun(folder, { file: "true", args: [] });
  const command = { file: "unshare", args: ["--mount", "--propagation", "private", "--", file, ...args] };
  const { exitCode, stderr } = await host.run(command, { okExitCodes: [1] });
  return stderr.includes("unshare failed") ? undefined : exitCode === 0;
}
