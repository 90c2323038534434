import type { ImageSettings } from "../../../config/settings.ts";
import { DEBIAN_ARCHITECTURES, debianSources } from "../../../image/recipe.ts";
import { sha256 } from "../../../render/sha256.ts";
import type { Architecture } from "../../../system/architecture.ts";

/** All inputs of the containers' image. Equal recipes make equal images. */
export interface ContainerRecipe {
  /** Raised when the way changes in which images are built. */
  readonly version: 1;
  /** As Debian names it. */
  readonly architecture: string;
  readonly release: string;
  /** Lines of a sources.list. */
  readonly sources: readonly string[];
  readonly packages: readonly string[];
  /** SHA-256 of our own files that go into the image. */
  readonly guestDigest: string;
}

export function containerRecipe(
  settings: ImageSettings,
  architecture: Architecture,
  guestDigest: string,
): ContainerRecipe {
  return {
    version: 1,
    architecture: DEBIAN_ARCHITECTURES[architecture],
    release: settings.release,
    sources: debianSources(settings),
    packages: [...PACKAGES, ...settings.extraPackages],
    guestDigest,
  };
}

/** Returns an id that is short enough for names, and long enough to be unique. */
export function containerImageId(recipe: ContainerRecipe): string {
  return sha256(JSON.stringify(recipe)).slice(0, 16);
}

const PACKAGES = [
  // A switch's programs; cpio and mawk for our own.
  ...["frr", "frr-pythontools", "lldpd", "openssh-server", "iproute2", "cpio", "mawk"],
  ...["kea-dhcp4-server", "kea-dhcp6-server", "iptables", "nftables", "isc-dhcp-client"],
  // Common tools to examine a network.
  ...["openssh-client", "iputils-ping", "tcpdump", "traceroute", "mtr-tiny", "ethtool", "iperf3"],
  ...["procps", "less", "nano", "vim-tiny"],
];
