import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";
import { callersFileMode, setUmask } from "../../src/system/umask.ts";

const before = process.umask(0o022);
const folders: string[] = [];

afterEach(async () => {
  process.umask(before);
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

it.each([0o000, 0o077])("modes do not depend on umask %o, except in the user's programs", async (umask) => {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  folders.push(folder);
  const at = (name: string) => join(folder, name);
  const modeOf = async (name: string) => ((await stat(at(name))).mode & 0o7777).toString(8);
  process.umask(umask);
  setUmask();
  const host = localHost();
  await host.makeDirectory(at("made/deep"), 0o755);
  await host.writeFile(at("above/file"), "");
  await host.writeFile(at("secret"), "", 0o640);
  const script = 'mkdir "$1/shell"; : >"$1/shell/file"; mkfifo "$1/shell/fifo"';
  await host.run({ file: "sh", args: ["-c", script, "sh", folder] });
  await host.spawn({ file: "sh", args: ["-c", ': >"$1/spawned"; echo', "sh", folder] }, at("log"));
  await host.runInteractive({ file: "sh", args: ["-c", ': >"$1/theirs"', "sh", folder] });
  await expect.poll(async () => (await host.stat(at("log")))?.sizeBytes).toBe(1);

  for (const name of ["made", "made/deep", "above", "shell"]) {
    expect([name, await modeOf(name)]).toEqual([name, "755"]);
  }
  for (const name of ["above/file", "shell/file", "shell/fifo", "spawned"]) {
    expect([name, await modeOf(name)]).toEqual([name, "644"]);
  }
  expect([await modeOf("secret"), await modeOf("log")]).toEqual(["640", "600"]);
  expect(await modeOf("theirs")).toBe(callersFileMode().toString(8));
  expect(callersFileMode()).toBe(0o666 & ~umask);
});
