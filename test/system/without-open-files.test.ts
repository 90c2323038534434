import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { withoutOpenFiles } from "../../src/system/without-open-files.ts";

it("a program is started with its arguments and streams, and without the caller's open files", async () => {
  const list = { file: "sh", args: ["-c", 'cat; echo "$1"; ls /proc/$$/fd', "sh", "two words"] };
  const { file, args } = withoutOpenFiles(list);
  const script = 'exec 3</dev/null 20</dev/null 300</dev/null; exec "$@"';
  const { stdout } = await execa("bash", ["-c", script, "bash", file, ...args], { input: "input\n" });
  expect(stdout.split("\n")).toEqual(["input", "two words", "0", "1", "2"]);
});

it("the wrapper runs no code of the user's, and adds nothing to the program's environment", async () => {
  const home = await mkdtemp(join(tmpdir(), "ikvswitch-test-"));
  await writeFile(join(home, ".bashrc"), "echo from .bashrc");
  const { file, args } = withoutOpenFiles({ file: "env", args: [] });
  const env = { HOME: home, BASH_ENV: join(home, ".bashrc"), PATH: "/usr/bin:/bin" };
  const { stdout } = await execa(file, args, { env, extendEnv: false });
  expect(stdout.split("\n").sort()).toEqual(
    Object.entries(env)
      .map((pair) => pair.join("="))
      .sort(),
  );
  await rm(home, { recursive: true });
});
