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
  "is all that a program gets which we wait for (closeFiles: %s)",
  async (closeFiles) => {
    const { stdout } = await host.run({ file: "env", args: [] }, { closeFiles });
    expect(namesIn(stdout, "\n")).toEqual(NAMES);
  },
);

it("is all that a program gets which outlives us", async () => {
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

it("holds what a command adds, and what it keeps of our caller's where that is set", () => {
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

it("has a search path where our caller has none", () => {
  expect(environmentOf({}, {}).PATH).toContain("/usr/sbin");
});
