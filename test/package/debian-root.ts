import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/**
 * A root of a Debian release of its own, in which packages are installed and programs run:
 *
 *   mmdebstrap ──▶ CACHE/bookworm.tar ──unpacked──▶ root ◀── install: the machine's network, for apt
 *                                                        ◀── run: a network of its own, for the emulator
 *
 * Both enter it with pivot_root, in a mount namespace of their own.
 */
export interface DebianRoot {
  readonly folder: string;
  /** Runs a shell script in it with the network of the machine, as apt needs it. Its first failure ends it. */
  install(script: string): Promise<string>;
  /** Runs a shell script in it in a network of its own, where a way out is only pretended. */
  run(script: string): Promise<string>;
  remove(): Promise<void>;
}

export type Release = "bookworm" | "trixie";

/** The releases on which the package is installed. */
export const RELEASES: readonly Release[] = ["bookworm", "trixie"];

/** Kept between runs: fresh roots, and the packages that apt has fetched. */
const CACHE = "/var/cache/ikvswitch-test/debian";
const MIRROR = "http://deb.debian.org/debian";

/** @param packages those that the root has besides the essential ones. */
export async function freshRoot(release: Release, packages: readonly string[] = []): Promise<DebianRoot> {
  const archive = await baseArchive(release, packages);
  const folder = await mkdtemp("/var/tmp/ikvswitch-root-");
  await execa("tar", ["-xpf", archive, "-C", folder]);
  // Debian starts no services then, which would run on the tests' machine.
  await writeFile(`${folder}/usr/sbin/policy-rc.d`, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const cached = join(CACHE, `${release}-packages`);
  await mkdir(`${cached}/partial`, { recursive: true });
  return {
    folder,
    install: (script) => enter(folder, [], KEEP_PACKAGES + script, cached),
    run: (script) => enter(folder, ["--net"], NETWORK + script, null),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function baseArchive(release: Release, packages: readonly string[]): Promise<string> {
  const archive = join(CACHE, `${[release, ...packages].join("+")}.tar`);
  if ((await stat(archive).catch(() => undefined)) === undefined) {
    await mkdir(CACHE, { recursive: true });
    const include = packages.length === 0 ? [] : [`--include=${packages.join(",")}`];
    await execa("mmdebstrap", [
      "--variant=minbase",
      ...include,
      release,
      `${archive}.new`,
      MIRROR,
      "--format=tar",
    ]);
    await rename(`${archive}.new`, archive);
  }
  return archive;
}

/** Runs in the root, by apt's own settings, and removes them. */
const KEEP_PACKAGES = `
export DEBIAN_FRONTEND=noninteractive
printf 'Binary::apt::APT::Keep-Downloaded-Packages "true";\\nDir::Etc::Parts::Docker "/dev/null";\\n' >/tmp/apt.conf
export APT_CONFIG=/tmp/apt.conf
`;

const NETWORK = `
mkdir -p /run/lock /run/netns
ip link set lo up
ip link add up0 type bridge
ip address add 203.0.113.2/24 dev up0
ip link set up0 up
ip route add default via 203.0.113.1
`;

/** Enters a root in a way that user namespaces can be made in it, which the kernel forbids after chroot. */
const ENTER = `
set -eu
root=$1 cached=$2 name_server=/etc/resolv.conf
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup || true
mount -t tmpfs -o mode=755 run run
mount -t tmpfs tmp tmp
[ -e etc/resolv.conf ] || : >etc/resolv.conf
mount --bind "$name_server" etc/resolv.conf
[ -z "$cached" ] || mount --bind "$cached" var/cache/apt/archives
mkdir -p tmp/outside
pivot_root . tmp/outside
cd /
umount -l /tmp/outside
exec sh -eu -c "$3"
`;

async function enter(
  folder: string,
  namespaces: readonly string[],
  script: string,
  cached: string | null,
): Promise<string> {
  const { all } = await execa(
    "unshare",
    [
      ...namespaces,
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      ENTER,
      "sh",
      folder,
      cached ?? "",
      script,
    ],
    { all: true, env: { HOME: "/root", LANG: "C.UTF-8", PATH }, extendEnv: false },
  );
  return all;
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
