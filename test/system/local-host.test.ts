import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

it("starts nothing on the terminal when it was interrupted before, but undoes what has to be", async () => {
  const host = localHost(AbortSignal.abort(new InterruptedError()));
  await expect(host.runInteractive({ file: "sleep", args: ["86400"] })).rejects.toBeInstanceOf(
    InterruptedError,
  );
  expect((await host.run({ file: "echo", args: ["undone"] })).stdout).toBe("undone\n");
});

it("leaves nothing where a folder has the file's name", async () => {
  const parent = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const host = localHost();
  await host.makeDirectory(`${parent}/folder`);
  await expect(host.writeFile(`${parent}/folder`, "")).rejects.toThrow(
    `${parent}/folder: cannot write the file: a directory is in its place`,
  );
  expect(await host.list(parent)).toEqual(["folder"]);
  await host.remove(parent);
});

it("sends no signal to process groups: such a pid is none", async () => {
  expect(await localHost().kill(0, 0)).toBe(false);
  expect(await localHost().kill(-process.pid, 0)).toBe(false);
  expect(await localHost().kill(process.pid, 0)).toBe(true);
});

it.each([
  ["/proc/x/y/file", "/proc/x"],
  ["/proc/self/x/file", "/proc/self/x"],
])("says at once that it can't make a folder for %s", async (path, folder) => {
  await expect(localHost().writeFile(path, "")).rejects.toThrow(`make folder ${folder}\n`);
});

it("makes the folders that a file needs, whoever else makes them, too", async () => {
  const host = localHost();
  const root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const files = Array.from({ length: 20 }, (_, index) => `${root}/a/b/c/${index}`);
  await Promise.all(files.map((path) => host.writeFile(path, "")));
  expect(await host.list(`${root}/a/b/c`)).toHaveLength(files.length);
  await expect(host.writeFile(`${files[0]}/file`, "")).rejects.toThrow(files[0]);
  await host.remove(root);
});
