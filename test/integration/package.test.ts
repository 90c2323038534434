import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectPath } from "./namespace.ts";

/*
 * The package that npm publishes, made from a fresh clone and installed elsewhere:
 *
 *   files of this repository ──npm pack──▶ ikvswitch.tgz ──npm install──▶ work/installed/node_modules/.bin
 */

let work = "";
let installed = "";

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "ikvswitch-package-"));
  const clone = join(work, "clone");
  installed = join(work, "installed");
  await execa("mkdir", [clone, installed]);
  // Without files that git ignores, such as dist. The packages that npm would install are linked.
  const names = await readdir(projectPath("."));
  const cloned = names.filter((name) => !["node_modules", "dist", "coverage", ".git"].includes(name));
  await execa("cp", ["-a", ...cloned.map((name) => projectPath(name)), clone]);
  await execa("ln", ["-s", projectPath("node_modules"), join(clone, "node_modules")]);
  await execa("npm", ["pack", "--pack-destination", installed], { cwd: clone });
  const [tarball = ""] = await readdir(installed);
  // With --prefix, since a folder above might be an npm project, too.
  const options = ["--prefix", installed, "--omit=dev", "--offline", "--no-audit", "--no-fund"];
  await execa("npm", ["install", ...options, join(installed, tarball)]);
});

afterAll(() => rm(work, { recursive: true }));

const run = (program: string, ...words: readonly string[]) =>
  execa(join(installed, "node_modules/.bin", program), words, { cwd: "/" });

it("is one package without dependencies", async () => {
  const { stdout } = await execa("npm", ["ls", "--prefix", installed, "--all", "--parseable", "--omit=dev"]);
  expect(stdout.split("\n")).toEqual([installed, join(installed, "node_modules/ikvswitch")]);
});

it("contains the programs, which find their files", async () => {
  expect((await run("ikvswitch", "--help")).stdout).toContain("ikvswitch up");
  expect((await run("ikvswitch-setup", "--help")).stdout).toContain("ikvswitch-setup start");
  expect((await run("ikvswitch-host-networking", "--help")).stdout).toContain("start");
  expect((await run("ikvswitch", "plan")).stdout).toContain("spine1");
  expect((await run("ikvswitch", "config", "show")).stdout).toContain("NUM_RACKS");
  expect((await run("ikvswitch", "render", "leaf1")).stdout).toContain("router bgp");
});

it("contains its licence, those of bundled packages, and all files of switches", async () => {
  const folder = join(installed, "node_modules/ikvswitch");
  const here = await readdir(folder);
  expect(here).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "README.md",
      "bin",
      "dist",
      "docs",
      "etc",
      "guest",
      "libexec",
      "templates",
    ]),
  );
  expect(await readdir(join(folder, "dist"))).toContain("THIRD-PARTY-NOTICES");
  expect(await readdir(join(folder, "dist/bmc"))).toEqual(["THIRD-PARTY-NOTICES", "proxy.mjs"]);
  expect(await readdir(join(folder, "dist/web"))).toEqual(expect.arrayContaining(["index.html", "page.js"]));
  for (const name of ["guest", "libexec", "templates", "etc"]) {
    const { stdout } = await execa("diff", ["-r", projectPath(name), join(folder, name)], { reject: false });
    expect(stdout).toBe("");
  }
});
