import type { Command } from "../system/host.ts";
import { DEBIAN_ARCHITECTURES, type Recipe } from "./recipe.ts";
import { whereProgramsRun } from "./where-programs-run.ts";

/**
 * Make the image's root folder, the kernel and the initrd below `folder`.
 *
 * It runs as the first process of a PID and mount namespace of its own: however it ends, the kernel ends what it
 * started and undoes what it mounted, so that the folder can be deleted safely.
 */
export function bootstrapCommand(recipe: Recipe, folder: string, guest: string): Command {
  const { file, args } = whereProgramsRun(folder, {
    file: "mmdebstrap",
    args: [
      ...["--variant=essential", "--mode=root", "--format=directory", "--components=main"],
      `--architectures=${DEBIAN_ARCHITECTURES[recipe.architecture]}`,
      // The folders in /run are part of the image, where it is no tmpfs of its own.
      "--skip=cleanup/run",
      `--include=${recipe.packages.join(",")}`,
      ...UNPACKED_NOT.map((path) => `--dpkgopt=path-exclude=${path}`),
      // Nothing of a half-made image is ever used, so nothing has to be on the disk in time.
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

/** Debian's mirror may be reached by one alone (apt-transport-http(1)). */
const PROXIES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

const UNPACKED_NOT = ["doc", "man", "locale", "info", "lintian"].map((name) => `/usr/share/${name}/*`);

/** LZ4: half the size, and cheaper for an emulated processor to unpack than anything smaller. */
export function compressCommand(folder: string): Command {
  return { file: "mkfs.erofs", args: ["--quiet", "-zlz4", `${folder}/root.erofs`, `${folder}/root`] };
}
