import { execa } from "execa";
import { STATE_DIR } from "../e2e/fabric-site.ts";
import { projectPath } from "../integration/namespace.ts";

/** Packages that a host of ikvswitch and its tests needs in addition to a switch's. */
const PACKAGES = [
  ...["nodejs", "passwd", "iptables", "nftables", "qemu-system-x86", "openssl", "cpio"],
  // The doctor looks for these, and tests run BMCs.
  ...["mmdebstrap", "erofs-utils", "zstd", "openipmi", "ipmitool"],
];

export interface LabImage {
  readonly kernel: string;
  readonly initrd: string;
  readonly root: string;
}

/** Provides the switches' image with more packages. Builds it if it is missing: half a minute, once per recipe. */
export async function provideLabImage(): Promise<LabImage> {
  const settings = [`STATE_DIR=${STATE_DIR}`, `EXTRA_PACKAGES=${PACKAGES.join(",")}`];
  const { stdout } = await execa(projectPath("bin/ikvswitch"), [
    ...["--json", "--config", projectPath("etc/ikvswitch.conf")],
    ...settings.flatMap((setting) => ["--set", setting]),
    ...["image", "build"],
  ]);
  const { folder } = JSON.parse(stdout) as { folder: string };
  return { kernel: `${folder}/vmlinux`, initrd: `${folder}/initrd.cpio`, root: `${folder}/root.erofs` };
}
