import { expect, it } from "vitest";
import type { EmulatorUser } from "../../src/system/confine.ts";
import type { Command, Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import {
  type BaseImages,
  diskRoomMiB,
  disksMiB,
  examineBases,
  makeDisks,
  withSizes,
} from "../../src/vms/disks.ts";
import { vmFolder } from "../../src/vms/folder.ts";
import type { DiskProfile } from "../../src/vms/profile.ts";
import { profile } from "./profile.ts";

const folder = vmFolder({ stateDir: "/state", runDir: "/run/ikv" }, "web1");
const MIB = 1024 * 1024;
const user: EmulatorUser = { name: "ikvswitch", uid: 990, gid: 991, kvmGid: null };
const bases: BaseImages = new Map([
  ["/images/debian.qcow2", { format: "qcow2", sizeBytes: 3 * 1024 ** 3, copyBytes: 700 * MIB }],
  ["/images/data.raw", { format: "raw", sizeBytes: 1024 ** 3, copyBytes: 9 * MIB + 1 }],
]);

/** The lines of commands that make these disks. */
async function commandsFor(...disks: readonly DiskProfile[]): Promise<readonly string[]> {
  const commands: Command[] = [];
  const run: Host["run"] = async (command) => {
    commands.push(command);
    return { exitCode: 0, stdout: "", stderr: "" };
  };
  await makeDisks({ ...localHost(), run }, folder, profile({ disks }), { user, bases });
  return commands.map(({ file, args }) => [file, ...args].join(" "));
}

const owner = (number: number) => [
  `chown 990:991 /state/vms/web1/disk${number}.qcow2`,
  `chmod 0600 /state/vms/web1/disk${number}.qcow2`,
];

it("a disk with a base is an overlay of it, and one without is empty", async () => {
  expect(
    await commandsFor(
      { size: "20G", base: "/images/debian.qcow2", copy: false },
      { size: null, base: "/images/data.raw", copy: false },
      { size: "1G", base: null, copy: false },
    ),
  ).toEqual([
    "qemu-img create -q -f qcow2 -b /images/debian.qcow2 -F qcow2 -- /state/vms/web1/disk1.qcow2 20G",
    ...owner(1),
    "qemu-img create -q -f qcow2 -b /images/data.raw -F raw -- /state/vms/web1/disk2.qcow2",
    ...owner(2),
    "qemu-img create -q -f qcow2 -- /state/vms/web1/disk3.qcow2 1G",
    ...owner(3),
  ]);
});

it("a copy has no base, and the emulator's user reads the image from which it is made", async () => {
  const confined =
    "setpriv --reuid=990 --regid=991 --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all " +
    "--no-new-privs -- qemu-img convert -q -n";
  expect(
    await commandsFor(
      { size: "20G", base: "/images/debian.qcow2", copy: true },
      { size: null, base: "/images/data.raw", copy: true },
    ),
  ).toEqual([
    "qemu-img create -q -f qcow2 -- /state/vms/web1/disk1.qcow2 20G",
    ...owner(1),
    `${confined} -f qcow2 -O qcow2 -- /images/debian.qcow2 /state/vms/web1/disk1.qcow2`,
    "qemu-img create -q -f qcow2 -- /state/vms/web1/disk2.qcow2 1073741824",
    ...owner(2),
    `${confined} -f raw -O qcow2 -- /images/data.raw /state/vms/web1/disk2.qcow2`,
  ]);
});

it("disks need room for what is copied and for their tables, and get the sizes of their bases", async () => {
  const own = profile({
    disks: [
      { size: "20G", base: "/images/debian.qcow2", copy: false },
      { size: null, base: "/images/data.raw", copy: true },
      { size: "1G", base: null, copy: false },
    ],
  });
  expect(await diskRoomMiB(localHost(), own, bases)).toBe(10 + 3);
  const sized = withSizes(own, bases);
  expect(sized.disks.map(({ size }) => size)).toEqual(["20G", "1024M", "1G"]);
  expect(disksMiB(sized)).toBe(20 * 1024 + 1024 + 1024);
});

it("a copy smaller than its image is refused before anything is made", async () => {
  const stdout = JSON.stringify({ format: "raw", "virtual-size": 1024 ** 3 + 1, required: 5 });
  const host: Host = { ...localHost(), run: async () => ({ exitCode: 0, stdout, stderr: "" }) };
  const examine = (size: string, copy: boolean) =>
    examineBases(host, user, profile({ disks: [{ size, base: "/images/data.raw", copy }] }));
  await expect(examine("1G", true)).rejects.toThrow("disk1 has 1G, and /images/data.raw has 1025 MiB");
  expect((await examine("2G", true)).get("/images/data.raw")?.format).toBe("raw");
  expect((await examine("1G", false)).size).toBe(1);
});
