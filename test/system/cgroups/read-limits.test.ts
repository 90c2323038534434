import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readLimits } from "../../../src/system/cgroups/read-limits.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";

const local = localHost();
let root: string;

beforeEach(async () => {
  root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
});

afterEach(() => local.remove(root));

/** Reads limits of a host with these hierarchies, which are folders with these files. */
async function limitsWith(mounts: readonly string[], files: Readonly<Record<string, string>>) {
  for (const [path, content] of Object.entries(files)) {
    await local.writeFile(`${root}/${path}`, content);
  }
  const mountinfo = mounts.map((mount) => `1 2 0:3 / ${root}/${mount}`).join("\n");
  const host: Host = {
    ...local,
    readFile: async (path, options) =>
      path === "/proc/self/mountinfo" ? mountinfo : local.readFile(path, options),
  };
  return readLimits(host, "7-vms", "web1");
}

const GROUP = "ikvswitch/7-vms/web1";

describe("the limits of a cgroup", () => {
  it("are those of version 2, in MiB and processors", async () => {
    const limits = await limitsWith(["v2 rw - cgroup2 none rw"], {
      "v2/cgroup.procs": "",
      [`v2/${GROUP}/memory.max`]: "1073741824\n",
      [`v2/${GROUP}/cpu.max`]: "150000 100000\n",
      [`v2/${GROUP}/pids.max`]: "max\n",
    });
    expect(limits).toEqual({ memoryMiB: 1024, vcpus: 1.5, tasks: null });
  });

  it("are those of version 1, each in its hierarchy, beside a version 2 without them", async () => {
    const mounts = ["v2 rw - cgroup2 none rw"];
    for (const name of ["memory", "pids", "cpu"]) {
      mounts.push(`${name} rw - cgroup none rw,${name}`);
    }
    const limits = await limitsWith(mounts, {
      ...{
        "v2/cgroup.procs": "",
        "memory/cgroup.procs": "",
        "pids/cgroup.procs": "",
        "cpu/cgroup.procs": "",
      },
      [`memory/${GROUP}/memory.limit_in_bytes`]: "536870912\n",
      [`pids/${GROUP}/pids.max`]: "101\n",
      [`cpu/${GROUP}/cpu.cfs_quota_us`]: "200000\n",
      [`cpu/${GROUP}/cpu.cfs_period_us`]: "100000\n",
    });
    expect(limits).toEqual({ memoryMiB: 512, vcpus: 2, tasks: 101 });
  });

  it("are none if the kernel says so, or there is no such cgroup", async () => {
    const none = { memoryMiB: null, vcpus: null, tasks: null };
    expect(await limitsWith([], {})).toEqual(none);
    const mounts = ["memory rw - cgroup none rw,memory", "cpu rw - cgroup none rw,cpu"];
    const files = {
      ...{ "memory/cgroup.procs": "", "cpu/cgroup.procs": "" },
      [`memory/${GROUP}/memory.limit_in_bytes`]: "9223372036854771712\n",
      [`cpu/${GROUP}/cpu.cfs_quota_us`]: "-1\n",
      [`cpu/${GROUP}/cpu.cfs_period_us`]: "100000\n",
    };
    expect(await limitsWith(mounts, files)).toEqual(none);
  });
});
