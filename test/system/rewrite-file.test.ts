import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rewriteFile } from "../../src/system/rewrite-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-rewrite-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("keeps owner, group, mode and a symbolic link, and leaves no other file", async () => {
  await writeFile(`${folder}/file`, "old");
  await chmod(`${folder}/file`, 0o664);
  await symlink("file", `${folder}/link`);
  const before = await stat(`${folder}/file`);
  await rewriteFile(`${folder}/link`, Buffer.from("new"), 0o600);
  const after = await stat(`${folder}/file`);
  expect(await readFile(`${folder}/file`, "utf8")).toBe("new");
  expect([after.mode, after.uid, after.gid]).toEqual([before.mode, before.uid, before.gid]);
  expect(after.ino).not.toBe(before.ino);
  expect((await lstat(`${folder}/link`)).isSymbolicLink()).toBe(true);
  expect(await readdir(folder)).toEqual(["file", "link"]);
});

it("makes a file with the given mode, whatever the umask", async () => {
  await rewriteFile(`${folder}/file`, Buffer.from("new"), 0o664);
  expect((await stat(`${folder}/file`)).mode & 0o777).toBe(0o664);
});
