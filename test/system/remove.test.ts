import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
});

afterEach(() => rm(folder, { recursive: true }));

it("files, folders of any depth and links are deleted, but not the links' targets; missing files are no error", async () => {
  const deep = at(`tree/${Array.from({ length: 100 }, (_, depth) => depth).join("/")}`);
  await mkdir(deep, { recursive: true });
  await mkdir(at("kept"));
  await writeFile(at("kept/file"), "");
  await Promise.all([
    symlink(at("kept"), at("tree/link")),
    symlink(at("kept"), `${deep}/link`),
    symlink(at("nowhere"), `${deep}/dangling`),
    ...Array.from({ length: 200 }, (_, index) => writeFile(`${deep}/file${index}`, "")),
    execa("mkfifo", [`${deep}/fifo`]),
  ]);
  await symlink(at("kept"), at("link"));
  for (const name of ["tree", "link", "none", "kept/file/none"]) {
    await host.remove(at(name));
  }
  expect(await readdir(folder)).toEqual(["kept"]);
  await host.remove(at("kept/file"));
  expect(await readdir(at("kept"))).toEqual([]);
});

// A program swaps folders for links in a loop until it is killed.
const SWAP = `
  my ($tree, $victim) = @ARGV;
  symlink($victim, "$tree.link");
  $| = 1; print "ready\n";
  for (;;) {
    rename("$tree/folder", "$tree.aside") and rename("$tree.link", "$tree/folder");
    rename("$tree/folder", "$tree.link") and rename("$tree.aside", "$tree/folder");
  }`;

it("deletion stays within a folder even if its owner swaps subfolders for links meanwhile", async () => {
  const victim = at("victim");
  await mkdir(victim);
  const files = Array.from({ length: 20 }, (_, index) => `file${index}`);
  await Promise.all(files.map((name) => writeFile(join(victim, name), "")));
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await mkdir(at("tree/folder"), { recursive: true });
    await Promise.all(files.map((name) => writeFile(at(`tree/folder/${name}`), "")));
    const swapper = execa("perl", ["-e", SWAP, at("tree"), victim], { reject: false });
    await new Promise((resolve) => swapper.stdout.once("data", resolve));
    // The program may move a folder back into one that is being deleted.
    await host.remove(at("tree")).catch(() => {});
    swapper.kill("SIGKILL");
    await swapper;
    await Promise.all(["tree", "tree.aside", "tree.link"].map((name) => host.remove(at(name))));
  }
  expect((await readdir(victim)).length).toBe(files.length);
});
