import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { inGroups } from "../../../src/system/cgroups/join.ts";
import { localHost } from "../../../src/system/local-host.ts";

it("a program joins all its cgroups before it runs, with its own words", async () => {
  const host = localHost();
  // Plain folders in place of cgroups: only what is written to them matters.
  const root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const folders = [`${root}/memory`, `${root}/missing`, `${root}/pids`];
  await host.makeDirectory(`${root}/memory`);
  await host.makeDirectory(`${root}/pids`);
  const program = { file: "printf", args: ["<%s>", "a b", "$1", "c:d"], input: "" };
  const { stdout } = await host.run(inGroups(program, folders));
  expect(stdout).toBe("<a b><$1><c:d>");
  for (const name of ["memory", "pids"]) {
    expect(await host.readFile(`${root}/${name}/cgroup.procs`)).toBe("0\n");
  }
  await host.remove(root);
});

it("a program is started as it is where there are no cgroups", () => {
  const program = { file: "true", args: [] };
  expect(inGroups(program, [])).toBe(program);
});
