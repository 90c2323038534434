import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readSetFiles } from "../../src/cli/set-files.ts";
import { ConfigError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-set-"));
});

afterEach(() => rm(folder, { recursive: true }));

it("a value is read from a file, without its final newline", async () => {
  const path = join(folder, "password");
  await writeFile(path, "s3cret = $x \n");
  expect(await readSetFiles(localHost(), [`VM_ROOT_PASS=${path}`])).toEqual(["VM_ROOT_PASS=s3cret = $x "]);
});

it.each([
  ["VM_ROOT_PASS", '--set-file: "VM_ROOT_PASS" is not KEY=FILE, such as VM_ROOT_PASS=/root/password'],
  ["VM_ROOT_PASS=/nonexistent/password", '--set-file: VM_ROOT_PASS: no such file: "/nonexistent/password"'],
  ["VM_ROOT_PASS=/dev/null", /^--set-file: .*\/dev\/null/],
])("%s is refused", async (word, message) => {
  const reading = readSetFiles(localHost(), [word]);
  await expect(reading).rejects.toThrow(ConfigError);
  await expect(reading).rejects.toThrow(message);
});
