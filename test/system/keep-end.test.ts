import { mkdtemp, open, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { keepEnd } from "../../src/system/keep-end.ts";
import { localHost } from "../../src/system/local-host.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const SIZES = { most: 64 * 1024, kept: 100 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
});

afterAll(() => rm(folder, { recursive: true }));

it("a long file keeps the last whole lines, and programs that append to it continue at its end", async () => {
  const writer = await open(at("log"), "a");
  for (let line = 0; line < 9000; line++) {
    await writer.appendFile(`line ${line}\n`);
  }
  await keepEnd(at("log"), SIZES);
  await writer.appendFile("more\n");
  await writer.close();
  const lines = (await readFile(at("log"), "utf8")).split("\n");
  expect(lines[0]).toBe("line 8991");
  expect(lines.slice(-3)).toEqual(["line 8999", "more", ""]);
});

it("space reserved beyond a file's end is freed, and so are holes of any size", async () => {
  await writeFile(at("short"), "line\n");
  await execa("fallocate", ["--keep-size", "--length", "4M", at("short")]);
  await keepEnd(at("short"), SIZES);
  expect(await readFile(at("short"), "utf8")).toBe("line\n");
  expect((await stat(at("short"))).blocks).toBeLessThan(64);
  await execa("truncate", ["--size", "1T", at("short")]);
  await keepEnd(at("short"), SIZES);
  expect((await stat(at("short"))).size).toBe(SIZES.kept);
});

it("short files, and anything that is no regular file, are not changed", async () => {
  await writeFile(at("target"), Buffer.alloc(1 << 20, "x"));
  await symlink(at("target"), at("link"));
  await execa("mkfifo", [at("fifo")]);
  for (const name of ["link", "fifo", "none", "."]) {
    await keepEnd(at(name), SIZES);
  }
  expect((await stat(at("target"))).size).toBe(1 << 20);
  await keepEnd(at("target"), { ...SIZES, most: 1 << 21 });
  expect((await stat(at("target"))).size).toBe(1 << 20);
});

it("the end of a file can be read without the rest", async () => {
  await writeFile(at("text"), "0123456789");
  expect(await localHost().readFile(at("text"), { lastBytes: 4 })).toBe("6789");
  expect(await localHost().readFile(at("text"), { lastBytes: 40 })).toBe("0123456789");
});
