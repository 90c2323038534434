import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PreflightError } from "../../src/errors.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { checkRoom } from "../../src/system/room.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
});

afterAll(() => rm(folder, { recursive: true }));

/** Returns this host with the given output of df. */
const hostWith = (df: string, others: Partial<Host> = {}): Host => ({
  ...localHost(),
  run: async () => ({
    exitCode: 0,
    stdout: `1B-blocks Used Avail Inodes IFree Type Mounted on\n${df}\n`,
    stderr: "",
  }),
  ...others,
});

const check = (host: Host, path = folder) => checkRoom(host, [{ key: "RUN_DIR", path, mib: 4, files: 10 }]);

it("a folder with enough space passes, existing or not, and is not changed", async () => {
  await check(localHost());
  await check(localHost(), `${folder}/a/b`);
  await check(localHost(), "/proc/self/../../dev/shm/none");
  // Btrfs reports no inodes, and some file systems report nothing.
  await check(hostWith(`${8 << 20} ${4 << 20} ${4 << 20} 0 0 btrfs /`));
  await check(hostWith("- - - - - - -"));
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  [
    `${8 << 20} ${(4 << 20) + 1} ${(4 << 20) - 1} 100 100 tmpfs /run`,
    "(on tmpfs, mounted on /run) is full: 3.9 MiB free, 4 MiB needed",
  ],
  [
    `${2 ** 31} ${2 ** 30} ${2 ** 30} 100 9 ext4 /mnt/my disk`,
    "(on ext4, mounted on /mnt/my disk) has 9 inodes left, 10 needed",
  ],
])("a full file system is reported: %s", async (df, problem) => {
  const error = await check(hostWith(df), `${folder}/none`).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PreflightError);
  expect((error as PreflightError).missing[0]?.what).toBe(`${folder} ${problem}`);
  expect((error as PreflightError).message).toContain(`writes files to RUN_DIR=${folder}/none`);
});

it("a folder without a configuration key has a fix that names no key", async () => {
  const host = hostWith("1048576 1048576 0 100 100 tmpfs /run");
  const error = await checkRoom(host, [{ path: folder, mib: 1, files: 1 }]).catch(
    (caught: unknown) => caught,
  );
  const [missing] = (error as PreflightError).missing;
  expect(missing?.why).toBe(`ikvswitch writes files to ${folder}`);
  expect(missing?.fix).toBe("free disk space");
});

it("a folder that can't be written to is reported with the kernel's error", async () => {
  await expect(check(localHost(), "/proc/sys/net")).rejects.toThrow(
    /^cannot write to \/proc\/sys\/net \(on proc, mounted on \/proc.*\): E[A-Z]+: /,
  );
});
