import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findEmulatorUser } from "../../src/system/emulator-user.ts";
import { localHost } from "../../src/system/local-host.ts";
import { projectPath } from "../integration/namespace.ts";
import { accelerate } from "../kernel-lab/emulated-machine.ts";
import { patiently } from "../patience.ts";
import { buildDeb } from "./deb.ts";
import { freshRoot, RELEASES, type Release } from "./debian-root.ts";

/*
 * A machine of each release with systemd and the Debian package, whose service is enabled, really reboots:
 *
 *   boot ── up, save, vm create ── systemctl reboot ── boot ── check, as it was ── down ── nothing comes back
 *
 * guest/drive runs in it. Its console is the test's record.
 */

const PACKAGES = ["systemd-sysv", "udev", "dbus", "linux-image-cloud-amd64", "initramfs-tools"];
/** What switches that are namespaces run, and VMs in the racks, from the package's recommended ones. */
const RECOMMENDED =
  "frr frr-pythontools openssh-server lldpd kea-dhcp4-server kea-dhcp6-server qemu-system-x86 qemu-utils";
const TIMEOUT_MS = patiently(1_500_000);

describe.each(RELEASES)("a host of Debian %s that reboots", (release) => {
  let folder = "";
  let console = "";

  beforeAll(async () => {
    folder = await mkdtemp("/var/tmp/ikvswitch-reboot-");
    const boot = await makeDisk(release, folder);
    console = await runMachine(folder, boot);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Returns what the machine has said between a heading of guest/drive and the next one. */
  function part(name: string): string {
    const found = console.split(/^== /m).find((text) => text.startsWith(`${name}\n`));
    if (found === undefined) {
      throw new Error(`no part "${name}" in the console:\n${console}`);
    }
    return found;
  }

  it("takes the fabric down in order before it goes down", () => {
    expect(part("stopped before")).toMatch(
      /Shut down the VMs in the racks.*Stop the switches' BMCs: done.*Shut down the switches: 4 stopped.*Remove the host network: removed/s,
    );
  });

  it("brings it up again as it was configured", () => {
    expect(part("second boot")).toContain("\nactive\n");
    expect(part("started now")).toContain("4 loopbacks answer");
    expect(part("check")).toContain("The fabric is as planned");
    expect(part("check")).toContain(" bgp graceful-shutdown");
  });

  it("starts the VMs that ran, and no other", () => {
    expect(part("VMs")).toMatch(/^ran +.*running/m);
    expect(part("VMs")).toMatch(/^waited +.*off/m);
  });

  it("does not bring up what `down` has ended", () => {
    expect(part("down")).toContain("Remove the host network: removed");
    expect(part("passed")).toBeDefined();
  });
});

interface Boot {
  readonly kernel: string;
  readonly initrd: string;
}

/** Makes FOLDER/disk of a root in which everything is installed, and copies its kernel beside it. */
async function makeDisk(release: Release, folder: string): Promise<Boot> {
  const root = await freshRoot(release, PACKAGES);
  try {
    const guest = projectPath("test/package/guest");
    await execa("cp", [await buildDeb(), `${root.folder}/root/ikvswitch.deb`]);
    await execa("cp", [`${guest}/drive`, `${root.folder}/root/drive`]);
    await execa("cp", [
      `${guest}/drive.service`,
      `${guest}/way-out.service`,
      `${root.folder}/etc/systemd/system`,
    ]);
    // Services of the recommended packages stay on, as after a plain installation.
    await root.install(`
      apt-get update -qq
      apt-get install -qq -y --no-install-recommends /root/ikvswitch.deb ${RECOMMENDED}
      systemctl enable drive way-out
      systemctl mask serial-getty@ttyS0.service
      mkdir -p /var/log/journal
      echo '/dev/vda / ext4 defaults 0 1' >/etc/fstab
      echo host >/etc/hostname
      umount /etc/resolv.conf
      echo nameserver 203.0.113.1 >/etc/resolv.conf
      rm -f /usr/sbin/policy-rc.d /root/ikvswitch.deb; apt-get clean`);
    const names = await readdir(`${root.folder}/boot`);
    const [kernel, initrd] = ["vmlinuz", "initrd.img"].map((name) =>
      names.find((each) => each.startsWith(name)),
    );
    await execa("cp", [`${root.folder}/boot/${kernel}`, `${root.folder}/boot/${initrd}`, folder]);
    await execa("mke2fs", ["-q", "-t", "ext4", "-d", root.folder, `${folder}/disk`, "5G"]);
    return { kernel: join(folder, kernel ?? ""), initrd: join(folder, initrd ?? "") };
  } finally {
    await root.remove();
  }
}

/** Runs the machine until it powers off. @returns its console */
async function runMachine(folder: string, { kernel, initrd }: Boot): Promise<string> {
  const accelerator = await accelerate(await findEmulatorUser(localHost(), "ikvswitch"));
  const log = `${folder}/console.log`;
  const { stderr } = await execa(
    "qemu-system-x86_64",
    [
      ...["-no-user-config", "-nodefaults", "-display", "none", "-sandbox", "on"],
      ...["-machine", "q35", "-accel", accelerator === "tcg" ? "tcg,tb-size=1024" : "kvm"],
      ...["-cpu", accelerator === "tcg" ? "max,-erms" : "host", "-smp", "2", "-m", "2048"],
      ...["-kernel", kernel, "-initrd", initrd],
      ...["-append", `root=/dev/vda rw console=ttyS0 quiet ${EMULATED}`],
      ...["-drive", `file=${folder}/disk,if=virtio,format=raw,cache=unsafe`],
      ...["-object", "rng-builtin,id=rng", "-device", "virtio-rng-pci,rng=rng"],
      ...["-serial", `file:${log}`],
    ],
    { timeout: TIMEOUT_MS, reject: false },
  );
  return `${(await readFile(log, "utf8").catch(() => "")).replaceAll("\r", "")}${stderr}`;
}

/** Options of the kernel without which an emulated processor is several times slower. */
const EMULATED = "no_timer_check tsc=reliable norandmaps mitigations=off";
