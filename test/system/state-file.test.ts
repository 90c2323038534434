import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";
import { readStateFile, readStateText, readVersioned, writeStateFile } from "../../src/system/state-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  path = join(folder, "document.json");
});

afterEach(() => rm(folder, { recursive: true }));

const FORM = { id: "string", list: "array" } as const;

it("a document of the expected form is read", async () => {
  const document = { version: 1, id: "a", list: [], more: null };
  expect(await readStateFile(localHost(), path, FORM)).toEqual({ kind: "none" });
  await writeFile(path, JSON.stringify(document));
  expect(await readStateFile(localHost(), path, FORM)).toEqual({ kind: "whole", document });
  expect(await readVersioned(localHost(), path, FORM)).toEqual(document);
});

it.each([
  ['{"version":2,"id":"a","list":[]}', "version 2 instead of 1"],
  ['{"id":"a","list":[]}', "version unknown instead of 1"],
  ['{"version":1,"id":"a","list":{}}', '"list" must be of type array'],
  ['{"version":1,"id":null,"list":[]}', '"id" must be of type string'],
  ['{"version":1,"id"', "invalid JSON"],
  ["", "empty file"],
  ["null", "not a JSON object"],
  ["[]", "not a JSON object"],
  ["\0\xff\x01", "invalid JSON"],
])("the problem with %j is reported", async (content, reason) => {
  await writeFile(path, content, "latin1");
  expect(await readStateFile(localHost(), path, FORM)).toEqual({ kind: "damaged", reason });
  expect(await readVersioned(localHost(), path, FORM)).toBeUndefined();
});

/** Things that may be in place of a file. */
const OTHERS: readonly [string, string, () => Promise<unknown>][] = [
  ["a folder", "a folder, not a regular file", () => mkdir(path)],
  ["a FIFO", "a FIFO, not a regular file", () => execa("mkfifo", [path])],
  ["a link", "a symbolic link", () => symlink("/etc/hostname", path)],
  ["a link to itself", "a symbolic link", () => symlink(path, path)],
  ["much too much", "larger than 16777216 bytes", () => execa("truncate", ["--size=1T", path])],
];

it.each(OTHERS)("%s in place of the file is reported, and replaced by a write", async (_, reason, make) => {
  await make();
  const host = localHost();
  expect(await readStateFile(host, path, FORM)).toEqual({ kind: "damaged", reason });
  expect(await readStateText(host, path)).toBeUndefined();
  await writeStateFile(host, path, "123\n");
  expect(await readStateText(host, path)).toBe("123\n");
  expect(await host.list(folder)).toEqual(["document.json"]);
});
