import { expect, it } from "vitest";
import { checkLimits } from "../../../src/backends/netns/limits-finding.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";

const FOLDER = { sizeBytes: 0, modifiedMs: 0, isFolder: false, gid: 0 };
const hostWith = (mountinfo: string): Host => ({
  ...localHost(),
  readFile: async (path) => (path === "/proc/self/mountinfo" ? mountinfo : undefined),
  stat: async () => FOLDER,
});
const mount = (controller: string) => `1 2 0:3 / /cg/${controller} rw - cgroup cgroup rw,${controller}`;

it("finds the controllers that limit a switch, wherever they are mounted", async () => {
  expect(await checkLimits(hostWith(["memory", "pids", "cpu"].map(mount).join("\n")))).toMatchObject({
    status: "found",
    detail: "memory, pids, cpu (cgroup version 1)",
  });
});

it("names the missing controllers and the fix", async () => {
  expect(await checkLimits(hostWith(mount("memory")))).toMatchObject({
    status: "optional-missing",
    detail: expect.stringContaining("no pids, cpu"),
    fix: expect.stringContaining("cgroup2"),
  });
});
