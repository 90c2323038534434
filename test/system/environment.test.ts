import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { environmentOf } from "../../src/system/environment.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";

const SECRET = "IKVSWITCH_TEST_SECRET";
const NAMES = ["HOME", "LANG", "LC_ALL", "PATH"];
const host = localHost();

beforeAll(() => {
  process.env[SECRET] = "do not tell";
});

afterAll(() => {
  delete process.env[SECRET];
});

const namesIn = (text: string, separator: string) =>
  text
    .split(separator)
    .filter((line) => line !== "")
    .map((line) => line.split("=")[0])
    .sort();

it.each([true, false])(
  "the fixed environment is all that a program in the foreground gets (closeFiles: %s)",
  async (closeFiles) => {
    const { stdout } = await host.run({ file: "env", args: [] }, { closeFiles });
    expect(namesIn(stdout, "\n")).toEqual(NAMES);
  },
);

it("the fixed environment is all that a daemon gets", async () => {
  const folder = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const { pid } = await host.spawn({ file: "sleep", args: ["60"], env: { MINE: "1" } }, `${folder}/log`);
  try {
    await pollUntil({ what: "the program", timeoutMs: 20_000, intervalMs: 5 }, async () => {
      const seen = (await host.readFile(`/proc/${pid}/cmdline`)) ?? "";
      return seen.startsWith("sleep") ? { done: true, value: undefined } : { done: false, seen };
    });
    const environment = (await host.readFile(`/proc/${pid}/environ`)) ?? "";
    expect(namesIn(environment, "\0")).toEqual([...NAMES, "MINE"].sort());
  } finally {
    await host.kill(pid, "SIGKILL");
    await host.remove(folder);
  }
});

it("the environment has a command's own variables, and those that it keeps of the caller's if these are set", () => {
  const caller = { PATH: "/bin", http_proxy: "http://proxy", SECRET: "x" };
  expect(environmentOf({ env: { A: "1" }, keepEnv: ["http_proxy", "no_proxy"] }, caller)).toEqual({
    PATH: "/bin",
    HOME: "/root",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    A: "1",
    http_proxy: "http://proxy",
  });
});

it("the environment has a search path even if the caller's has none", () => {
  expect(environmentOf({}, {}).PATH).toContain("/usr/sbin");
});
