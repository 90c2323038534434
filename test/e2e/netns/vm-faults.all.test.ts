import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { untilPrinted } from "../bmc-console.ts";
import { bootDisk } from "../boot-media.ts";
import { createFabricSite, type FabricSite, STATE_DIR } from "../fabric-site.ts";
import { rebootHost } from "../host-reboot.ts";

// VMs on a host whose disk is full, and on one that reboots. One VM runs all the time: its disk prints D, and prints E
// once it was written to.

const FOLDER = "/run/test-media";
const SETTINGS = [
  ...["BACKEND=netns", "NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=6"],
  `VM_PROFILES=${FOLDER}/profiles.ini`,
];
const BMC = "192.168.200.14";
const COPIED_MIB = 64;
const TIMEOUT_MS = 240_000;

let site: FabricSite;
let before: HostState;

beforeAll(async () => {
  site = await createFabricSite(SETTINGS);
  await site.host.shell(`mkdir -m 755 ${FOLDER}`);
  before = await captureState(site.host);
  await put("disk.img", bootDisk("D"));
  await put("written.img", bootDisk("E"));
  await put("data.img", randomBytes(COPIED_MIB * 1024 * 1024));
  await put(
    "profiles.ini",
    [
      ...["[metal]", "memory = 16", `disk1 = ${FOLDER}/disk.img`],
      ...["[copied]", "memory = 16", `disk1 = 1M`, `disk2 = copy ${FOLDER}/data.img`],
    ].join("\n"),
  );
  await site.ikvswitch(["up"]);
  await site.ikvswitch(["vm", "create", "-t", "metal", "db1", "--start"]);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

/** Writes a file that everybody can read into the folder of the site. */
async function put(name: string, content: string | Uint8Array): Promise<void> {
  const path = `/tmp/ikvswitch-media-${process.pid}`;
  await writeFile(path, content);
  await site.host.run("mv", [path, `${FOLDER}/${name}`]);
  await site.host.run("chmod", ["644", `${FOLDER}/${name}`]);
}

const vms = async () => (await site.host.run("ls", ["-A", `${STATE_DIR}/vms`])).stdout.trim().split("\n");
const info = async (name: string) => site.json(["vm", "info", name]);
const resize = (mib: number) => site.host.run("mount", ["-o", `remount,size=${mib}M`, STATE_DIR]);

describe("`vm create` on a host whose disk is full", () => {
  const create = (exitCode: number) =>
    site.ikvswitch(["vm", "create", "-t", "copied", "--count", "2"], [exitCode]);

  it(
    "refuses VMs whose disks have no room, names what is full, and makes none",
    async () => {
      // Room for one of the two.
      await resize(1.5 * COPIED_MIB);
      const { stderr } = await create(3);
      expect(stderr).toMatch(
        /\/vms \(on tmpfs, mounted on \S+\) is full: [\d.]+ MiB free, 13\d MiB needed[\s\S]*fix: free disk space/,
      );
      expect(await vms()).toEqual(["db1"]);
    },
    TIMEOUT_MS,
  );

  it(
    "removes what was made of them if the disk becomes full meanwhile",
    async () => {
      await resize(3 * COPIED_MIB);
      // Fills the disk at the moment when the second VM's second disk is made.
      const filler = `${STATE_DIR}/filler`;
      const programs = "/run/test-programs";
      await put(
        "qemu-img",
        `#!/bin/sh
case "$*" in
  *create*copied2/disk2*) fallocate -l "$(df --block-size=1 --output=avail ${STATE_DIR} | tail -n 1)" ${filler} ;;
esac
exec ${programs}/real "$@"
`,
      );
      await site.host.shell(`
        mkdir ${programs}
        # Nothing in the host's /run can be executed.
        mount -t tmpfs tmpfs ${programs}
        cp /usr/bin/qemu-img ${programs}/real
        install -m 755 ${FOLDER}/qemu-img ${programs}/full
        mount --bind ${programs}/full /usr/bin/qemu-img`);
      const { stderr } = await create(1).finally(() =>
        site.host.shell(`umount /usr/bin/qemu-img ${programs}; rmdir ${programs}; rm -f ${filler}`),
      );
      expect(stderr).toContain(`${STATE_DIR}/vms: no space left; no VM was made`);
      expect(await vms()).toEqual(["db1"]);
    },
    TIMEOUT_MS,
  );

  it(
    "does no harm to other VMs, and succeeds once there is room",
    async () => {
      await untilPrinted(site, BMC, "D");
      await create(0);
      expect(await vms()).toEqual(["copied1", "copied2", "db1"]);
      await site.ikvswitch(["vm", "rm", "copied1", "copied2"]);
    },
    TIMEOUT_MS,
  );
});

describe("after a reboot of the host", () => {
  it(
    "`up` brings back VMs that ran, with their names, positions, MACs and disks, and no others",
    async () => {
      await site.ikvswitch(["vm", "create", "-t", "metal", "spare"]);
      await site.ikvswitch(["vm", "stop", "--force", "db1"]);
      const disk = `${STATE_DIR}/vms/db1/disk1.qcow2`;
      await site.host.run("qemu-io", ["-f", "qcow2", "-c", `write -s ${FOLDER}/written.img 0 512`, disk]);
      await site.ikvswitch(["vm", "start", "db1"]);
      const { rack, position, nics, bmc } = (await info("db1")) as Record<string, unknown>;
      await rebootHost(site);
      expect(await info("db1")).toMatchObject({ state: "off" });
      await site.ikvswitch(["up"]);
      expect(await info("db1")).toMatchObject({ state: "running", rack, position, nics, bmc });
      expect(await info("spare")).toMatchObject({ state: "off" });
      await untilPrinted(site, BMC, "E");
      await site.ikvswitch(["check", "--wait", "60s"]);
    },
    TIMEOUT_MS,
  );

  it(
    "`down` and `vm rm` leave a host as it was",
    async () => {
      await site.ikvswitch(["down"]);
      await site.ikvswitch(["vm", "rm", "db1", "spare"]);
      expect(await vms()).toEqual([""]);
      await site.host.shell(`rm ${FOLDER}/*`);
      expect(await captureState(site.host)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
