import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

it("after an interrupt, no interactive program starts, but other commands still run for the clean-up", async () => {
  const host = localHost(AbortSignal.abort(new InterruptedError()));
  await expect(host.runInteractive({ file: "sleep", args: ["86400"] })).rejects.toBeInstanceOf(
    InterruptedError,
  );
  expect((await host.run({ file: "echo", args: ["undone"] })).stdout).toBe("undone\n");
});

it("writing a file in place of a folder fails, and leaves no temporary file", async () => {
  const parent = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const host = localHost();
  await host.makeDirectory(`${parent}/folder`);
  await expect(host.writeFile(`${parent}/folder`, "")).rejects.toThrow(
    `${parent}/folder: cannot write the file: a directory is in its place`,
  );
  expect(await host.list(parent)).toEqual(["folder"]);
  await host.remove(parent);
});

it("no signal is sent to process groups: 0 and negative pids are refused", async () => {
  expect(await localHost().kill(0, 0)).toBe(false);
  expect(await localHost().kill(-process.pid, 0)).toBe(false);
  expect(await localHost().kill(process.pid, 0)).toBe(true);
});

it.each([
  ["/proc/x/y/file", "/proc/x"],
  ["/proc/self/x/file", "/proc/self/x"],
])("a folder for %s can't be made, which fails at once", async (path, folder) => {
  await expect(localHost().writeFile(path, "")).rejects.toThrow(`make folder ${folder}\n`);
});

it("writing a file makes its folders, also concurrently", async () => {
  const host = localHost();
  const root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const files = Array.from({ length: 20 }, (_, index) => `${root}/a/b/c/${index}`);
  await Promise.all(files.map((path) => host.writeFile(path, "")));
  expect(await host.list(`${root}/a/b/c`)).toHaveLength(files.length);
  await expect(host.writeFile(`${files[0]}/file`, "")).rejects.toThrow(files[0]);
  await host.remove(root);
});
