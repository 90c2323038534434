import type { Config } from "../config/types.ts";
import { sha256 } from "../render/sha256.ts";
import type { Architecture } from "../system/architecture.ts";

/** Everything that an image is made of. Two that are alike make images that are. */
export interface Recipe {
  /** Of this document's form and of the way images are built; raised when either changes. */
  readonly version: 1;
  readonly architecture: Architecture;
  readonly release: string;
  /** Lines of a sources.list. */
  readonly sources: readonly string[];
  readonly kernelPackage: string;
  readonly packages: readonly string[];
  /** SHA-256 of our own files that go into the image. */
  readonly guestDigest: string;
}

type ImageConfig = Pick<
  Config,
  "DEBIAN_RELEASE" | "DEBIAN_MIRROR" | "DEBIAN_SECURITY_MIRROR" | "EXTRA_PACKAGES"
>;

export function imageRecipe(config: ImageConfig, architecture: Architecture, guestDigest: string): Recipe {
  return {
    version: 1,
    architecture,
    release: config.DEBIAN_RELEASE,
    sources: sources(config),
    kernelPackage: `linux-image-cloud-${DEBIAN_ARCHITECTURES[architecture]}`,
    packages: [...PACKAGES, ...config.EXTRA_PACKAGES],
    guestDigest,
  };
}

/** Short enough for a folder's name, long enough never to meet. */
export function recipeId(recipe: Recipe): string {
  return sha256(JSON.stringify(recipe)).slice(0, 16);
}

export const DEBIAN_ARCHITECTURES: Readonly<Record<Architecture, string>> = {
  x86_64: "amd64",
  arm64: "arm64",
};

const PACKAGES = [
  // What makes it boot: busybox is init; kmod loads modules.
  ...["busybox-static", "kmod", "qemu-guest-agent"],
  // What makes it a switch. frr-pythontools has the program that changes a running configuration.
  ...["frr", "frr-pythontools", "lldpd", "kea-dhcp4-server", "openssh-server", "iproute2"],
  // What people reach for when they look into a network.
  ...["openssh-client", "iputils-ping", "tcpdump", "traceroute", "mtr-tiny", "ethtool", "iperf3"],
  ...["isc-dhcp-client", "procps", "less", "nano", "vim-tiny"],
];

/** The development releases have neither security nor stable updates of their own. */
function sources(config: ImageConfig): string[] {
  const { DEBIAN_RELEASE: release, DEBIAN_MIRROR: mirror, DEBIAN_SECURITY_MIRROR: security } = config;
  const main = `deb ${mirror} ${release} main`;
  return ["sid", "unstable", "experimental"].includes(release)
    ? [main]
    : [main, `deb ${security} ${release}-security main`, `deb ${mirror} ${release}-updates main`];
}
