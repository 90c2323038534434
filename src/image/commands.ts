import type { Command } from "../system/host.ts";
import { DEBIAN_ARCHITECTURES, type Recipe } from "./recipe.ts";
import { whereProgramsRun } from "./where-programs-run.ts";

/**
 * Returns the command that makes the image's root folder, the kernel and the initrd below `folder`.
 *
 * It runs as the first process of its own PID and mount namespace: however it ends, the kernel ends its child processes
 * and undoes its mounts, so that the folder can be deleted safely.
 */
export function bootstrapCommand(recipe: Recipe, folder: string, guest: string): Command {
  const { file, args } = whereProgramsRun(folder, {
    file: "mmdebstrap",
    args: [
      ...["--variant=essential", "--mode=root", "--format=directory", "--components=main"],
      `--architectures=${DEBIAN_ARCHITECTURES[recipe.architecture]}`,
      // The folders in /run are part of the image, as long as /run is not a tmpfs of its own. Apt's files in it are
      // deleted by `finish`, together with mmdebstrap's configuration of apt in /tmp: without that, its own clean-up
      // would delete the host's package lists and downloaded packages.
      "--skip=cleanup/run,cleanup/apt",
      `--include=${recipe.packages.join(",")}`,
      ...UNPACKED_NOT.map((path) => `--dpkgopt=path-exclude=${path}`),
      // A half-made image is never used, so nothing has to be on the disk in time.
      "--dpkgopt=force-unsafe-io",
      ...["kernel", "finish", "initrd"].map(
        (hook) => `--customize-hook=sh "$IKV_GUEST/qemu/build/${hook}" "$1"`,
      ),
      recipe.release,
      `${folder}/root`,
      ...recipe.sources,
    ],
  });
  const own = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  return {
    file: "unshare",
    args: [...own, "--", file, ...args],
    env: {
      IKV_OUT: folder,
      IKV_GUEST: guest,
      IKV_KERNEL: recipe.kernelPackage,
      TMPDIR: folder,
    },
    keepEnv: PROXIES,
  };
}

/** Debian's mirror may be reachable only through one of these (apt-transport-http(1)). */
const PROXIES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

const UNPACKED_NOT = ["doc", "man", "locale", "info", "lintian"].map((name) => `/usr/share/${name}/*`);

/** Compresses with LZ4: half the size, and cheaper for an emulated processor to unpack than any smaller format. */
export function compressCommand(folder: string): Command {
  return { file: "mkfs.erofs", args: ["--quiet", "-zlz4", `${folder}/root.erofs`, `${folder}/root`] };
}
