import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  bootRecordPath,
  readBootRecord,
  removeBootRecord,
  writeBootRecord,
} from "../../src/nodes/boot-record.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-boot-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("keeps a fabric's command line, which may have secrets, until it is removed", async () => {
  const record = { name: "lab", file: "/etc/lab.conf", sets: ["VM_ROOT_PASS=secret"] };
  await writeBootRecord(host, folder, record);
  expect(await readBootRecord(host, folder)).toEqual({ version: 1, ...record });
  expect((await stat(bootRecordPath(folder))).mode & 0o777).toBe(0o600);
  await removeBootRecord(host, folder);
  expect(await readBootRecord(host, folder)).toBeUndefined();
});

it("takes a damaged record for none", async () => {
  await writeFile(bootRecordPath(folder), '{ "version": 1, "name": "lab"');
  expect(await readBootRecord(host, folder)).toBeUndefined();
});
