import type { ImageSettings } from "../config/settings.ts";
import { sha256 } from "../render/sha256.ts";
import type { Architecture } from "../system/architecture.ts";

/** All inputs of an image. Equal recipes make equal images. */
export interface Recipe {
  /** Version of this document's format and of the way images are built; raised when either changes. */
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

export function imageRecipe(
  settings: ImageSettings,
  architecture: Architecture,
  guestDigest: string,
): Recipe {
  return {
    version: 1,
    architecture,
    release: settings.release,
    sources: debianSources(settings),
    kernelPackage: `linux-image-cloud-${DEBIAN_ARCHITECTURES[architecture]}`,
    packages: [...PACKAGES, ...settings.extraPackages],
    guestDigest,
  };
}

/** Returns an id that is short enough for a folder's name, and long enough to be unique. */
export function recipeId(recipe: Recipe): string {
  return sha256(JSON.stringify(recipe)).slice(0, 16);
}

export const DEBIAN_ARCHITECTURES: Readonly<Record<Architecture, string>> = {
  x86_64: "amd64",
  arm64: "arm64",
};

const PACKAGES = [
  // Needed to boot: busybox is init; kmod loads modules.
  ...["busybox-static", "kmod", "qemu-guest-agent"],
  // Needed for a switch. frr-pythontools has the program that changes a running configuration.
  ...["frr", "frr-pythontools", "lldpd", "openssh-server", "iproute2"],
  // iptables filters the sources of servers' IPv6 packets.
  ...["kea-dhcp4-server", "kea-dhcp6-server", "iptables"],
  // Common tools to examine a network.
  ...["openssh-client", "iputils-ping", "tcpdump", "traceroute", "mtr-tiny", "ethtool", "iperf3"],
  ...["isc-dhcp-client", "procps", "less", "nano", "vim-tiny"],
  // For the network boot server, a profile of `ikvswitch vm`.
  ...["tftpd-hpa", "ipxe"],
  // For the internet router's own port outside. Every switch has it, so that a new way out needs no new image.
  "nftables",
];

/** Returns the lines of the sources.list. Development releases have no security or stable updates of their own. */
export function debianSources(settings: ImageSettings): string[] {
  const { release, mirror, securityMirror: security } = settings;
  const main = `deb ${mirror} ${release} main`;
  return ["sid", "unstable", "experimental"].includes(release)
    ? [main]
    : [main, `deb ${security} ${release}-security main`, `deb ${mirror} ${release}-updates main`];
}
