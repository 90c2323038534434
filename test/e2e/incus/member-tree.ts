import { createHash } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { execa } from "execa";

export type Engine = "incus" | "lxd";

/** Kept between runs. Not in the state directory of the tests (STATE_DIR), which every site hides. */
const CACHE = "/var/cache/ikvswitch-test-members";
const MIRROR = "http://deb.debian.org/debian";

/** Debian 13 has Incus 6.0, Debian 12 has LXD 5.0. */
const ENGINES = {
  incus: { release: "trixie", packages: ["incus-base", "incus-client"] },
  lxd: { release: "bookworm", packages: ["lxd", "lxd-client"] },
} as const;

const PACKAGES = [
  ...["openssh-server", "iproute2", "iputils-ping", "netbase", "nftables", "iptables"],
  ...["squashfs-tools", "xz-utils", "procps", "tcpdump", "frr"],
];

/** Left out of the members' folders: they have their own names, and no other network. */
const REMOVED = ["etc/resolv.conf", "etc/ssh/ssh_host_*", "var/cache/apt/*", "var/lib/apt/lists/*"];

/** Provides a folder with Debian and the engine, for members of a cluster. It is made once per recipe, in some minutes. */
export async function memberTree(engine: Engine): Promise<string> {
  const { release, packages } = ENGINES[engine];
  const args = [
    ...["--variant=minbase", "--mode=root", "--format=directory", "--components=main"],
    `--include=${[...packages, ...PACKAGES].join(",")}`,
    ...["doc", "man", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    "--dpkgopt=force-unsafe-io",
    `--customize-hook=cd "$1" && rm -rf ${REMOVED.join(" ")}`,
    release,
  ];
  const digest = createHash("sha256").update(args.join("\0")).digest("hex").slice(0, 16);
  const tree = `${CACHE}/${engine}-${digest}`;
  if ((await stat(tree).catch(() => undefined)) === undefined) {
    await mkdir(CACHE, { recursive: true });
    await rm(`${tree}.new`, { recursive: true, force: true });
    await execa("mmdebstrap", [...args, `${tree}.new`, MIRROR]);
    await rename(`${tree}.new`, tree);
  }
  return tree;
}
