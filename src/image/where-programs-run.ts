import { dirname } from "node:path";
import type { Command, Host } from "../system/host.ts";

/**
 * The command, which runs programs and makes devices in a folder below the state directory, in a mount namespace in
 * which that folder allows it: the state directory may be mounted noexec, nodev and nosuid. Nobody else sees the
 * mount, and the kernel undoes it with the namespace.
 *
 * For a process that is in a mount namespace of its own already.
 */
export function whereProgramsRun(folder: string, { file, args, ...rest }: Command): Command {
  return { ...rest, file: "sh", args: ["-c", ALLOW, "sh", folder, file, ...args] };
}

/**
 * The last of several mounts on a place is the one that counts. A bind mount has flags of its own, which may allow what
 * those of the file system below it do not (mount(8)).
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
 * Whether programs can be run below the folder, which need not exist yet, while an image is built. Undefined for who
 * may make no mount namespace.
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
