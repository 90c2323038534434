import { chmod, mkdtemp, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeLeasesDisks } from "../../../src/backends/qemu/make-leases-disks.ts";
import { LEASES_BYTES } from "../../../src/nodes/leases-file.ts";
import type { Command, Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";

const USER = { name: "ikvswitch", uid: 990, gid: 991, kvmGid: null };
const host = localHost();

let folder: string;
let changes: Command[];

/** This host, except for changes of owners, which are only recorded: not every user may make them. */
const unprivileged: Host = {
  ...host,
  run: async (command, options) => {
    const changesOwner = command.file === "install" || command.file === "chown";
    changes.push(...(changesOwner ? [command] : []));
    return changesOwner ? { exitCode: 0, stdout: "", stderr: "" } : host.run(command, options);
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-leases-disks-"));
  changes = [];
});

afterEach(() => host.remove(folder));

it("disks for leases are files of the emulator's user, in a folder in which only root may replace them", async () => {
  const files = [`${folder}/leaf1`, `${folder}/leaf3`];
  await makeLeasesDisks(unprivileged, USER, files);
  expect(changes).toEqual([
    { file: "install", args: ["-d", "-m", "0710", "-o", "0", "-g", "991", folder] },
    { file: "chown", args: ["990:991", ...files] },
  ]);
  for (const file of files) {
    const { size, mode } = await stat(file);
    expect([size, mode & 0o777]).toEqual([LEASES_BYTES, 0o600]);
  }
});

it("existing disks for leases keep their content, and get the size and mode of new ones", async () => {
  const file = `${folder}/leaf1`;
  await host.writeFile(file, "leases");
  await chmod(file, 0o666);
  for (const size of [6, 10 * LEASES_BYTES]) {
    await truncate(file, size);
    await makeLeasesDisks(unprivileged, USER, [file]);
    expect([(await stat(file)).size, (await stat(file)).mode & 0o777]).toEqual([LEASES_BYTES, 0o600]);
    expect((await host.readFile(file))?.slice(0, 7)).toBe("leases\0");
  }
});

it("without disks for leases, not even their folder is made", async () => {
  await makeLeasesDisks(unprivileged, USER, []);
  expect(changes).toEqual([]);
});
