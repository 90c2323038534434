import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
      "share",
      "templates",
    ]),
  );
  expect(await readdir(join(folder, "dist"))).toContain("THIRD-PARTY-NOTICES");
  expect(await readdir(join(folder, "dist/man"))).toContain("ikvswitch-up.1");
  expect(await readdir(join(folder, "dist/bmc"))).toEqual(["THIRD-PARTY-NOTICES", "proxy.mjs"]);
  expect(await readdir(join(folder, "dist/web"))).toEqual(expect.arrayContaining(["index.html", "page.js"]));
  for (const name of ["guest", "libexec", "share", "templates", "etc"]) {
    const { stdout } = await execa("diff", ["-r", projectPath(name), join(folder, name)], { reject: false });
    expect(stdout).toBe("");
  }
});

it("has a manual of which neither mandoc nor man has a complaint", async () => {
  const folder = join(installed, "node_modules/ikvswitch/dist/man");
  const pages = (await readdir(folder)).map((name) => join(folder, name));
  const linted = await execa("mandoc", ["-T", "lint", "-W", "warning", ...pages], { reject: false });
  expect(linted.stdout + linted.stderr).toBe("");
  for (const name of ["ikvswitch.1", "ikvswitch-vm.1", "ikvswitch.conf.5"]) {
    const shown = await execa("man", ["--warnings", "--local-file", join(folder, name)], {
      env: { MANWIDTH: "80", LC_ALL: "C.UTF-8" },
    });
    expect(shown.stderr).toBe("");
  }
});

describe("its completion", () => {
  /** How to ask each shell's function for the words that may end a line. */
  const asking = {
    bash: `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; _ikvswitch; printf '%s\\n' "\${COMPREPLY[@]}"`,
    zsh: `compdef() { : }; source "$1"; words=("\${(@s: :)2}"); CURRENT=$#words
      compadd() { print -l -- $plain }; _files() { : }; _ikvswitch`,
    fish: "source $argv[1]; complete -C $argv[2] | string replace -r '\\t.*' ''; true",
  } as const;
  const complete = async (shell: keyof typeof asking, line: string) => {
    const script = join(work, shell);
    await writeFile(script, (await run("ikvswitch", "completion", shell)).stdout);
    const words = shell === "fish" ? [script, line] : [shell, script, line];
    const { stdout } = await execa(shell, ["-c", asking[shell], ...words], {
      cwd: work,
      env: { HOME: work, PATH: `${join(installed, "node_modules/.bin")}:${process.env.PATH}` },
    });
    return stdout.split("\n").toSorted();
  };

  it.each(["bash", "zsh", "fish"] as const)("by %s knows commands, options and the plan", async (shell) => {
    expect(await complete(shell, "ikvswitch link bl")).toEqual(["blackhole"]);
    expect(await complete(shell, "ikvswitch ssh spine")).toEqual(["spine1", "spine2"]);
    expect(await complete(shell, "ikvswitch up --ti")).toEqual(["--timeout"]);
    expect(await complete(shell, "ikvswitch-setup resta")).toEqual(["restart"]);
    expect(await complete(shell, "ikvswitch --set NUM_R")).toEqual(["NUM_RACKS="]);
  });

  it("by bash divides words as bash does", async () => {
    expect(await complete("bash", "ikvswitch up --backend=q")).toEqual(["qemu"]);
    expect(await complete("bash", "ikvswitch link down spine1:ens1")).toEqual(["ens10"]);
  });
});
