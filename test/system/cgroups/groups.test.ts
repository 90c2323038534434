import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeGroups } from "../../../src/system/cgroups/groups.ts";
import { mountedHierarchies } from "../../../src/system/cgroups/hierarchies.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";

const LIMITS = { memoryMiB: 256, vcpus: 2, tasks: 1024 };

describe("the mounted hierarchies", () => {
  it("are those of version 1 with their controllers and that of version 2, without read-only ones", () => {
    const mountinfo = [
      "22 27 0:21 / /proc rw,relatime - proc proc rw",
      "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct",
      "34 32 0:30 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer",
      "35 32 0:31 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate",
      "36 32 0:32 /docker/1 /sys/fs/cgroup/pids ro,relatime - cgroup cgroup rw,pids",
      "",
    ].join("\n");
    expect(mountedHierarchies(mountinfo)).toEqual([
      { version: 1, folder: "/sys/fs/cgroup/cpu,cpuacct", controllers: ["cpu"] },
      { version: 1, folder: "/sys/fs/cgroup/freezer", controllers: [] },
      { version: 2, folder: "/sys/fs/cgroup/unified", controllers: [] },
    ]);
  });
});

/** Folders in place of mounted hierarchies. Writes to them are only recorded. */
describe("a switch's cgroups", () => {
  const local = localHost();
  let root: string;
  let written: string[];

  beforeEach(async () => {
    root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
    written = [];
  });

  afterEach(() => local.remove(root));

  const hostWith = (mountinfo: string, failing = ""): Host => ({
    ...local,
    readFile: (path, options) =>
      path === "/proc/self/mountinfo" ? Promise.resolve(mountinfo) : local.readFile(path, options),
    writeKernelFile: async (path, content) => {
      if (failing !== "" && path.endsWith(failing)) {
        throw new Error("busy");
      }
      written.push(`${path.slice(root.length + 1)}: ${content}`);
    },
  });
  const fake = (path: string, content = "") => local.writeFile(`${root}/${path}`, content);
  const version1 = (name: string) => `33 32 0:29 / ${root}/${name} rw - cgroup cgroup rw,${name}`;
  const version2 = () => `33 32 0:29 / ${root} rw - cgroup2 cgroup2 rw`;
  const make = (host: Host) => makeGroups(host, "4026531840", [{ name: "leaf1", limits: LIMITS }]);

  it("limit memory, processes and processors under version 2, whose controllers are delegated", async () => {
    await fake("cgroup.procs");
    await fake("cgroup.controllers", "cpuset cpu io memory pids\n");
    await fake("cgroup.subtree_control", "cpu memory\n");
    const groups = [{ name: "leaf1", limits: LIMITS }, { name: "leaf2" }];
    const made = await makeGroups(hostWith(version2()), "4026531840", groups);
    expect(made).toEqual({
      folders: [`${root}/ikvswitch/4026531840`],
      limited: new Set(["memory", "pids", "cpu"]),
    });
    expect(written).toEqual([
      "cgroup.subtree_control: +pids",
      "ikvswitch/cgroup.subtree_control: +memory +pids +cpu",
      "ikvswitch/4026531840/cgroup.subtree_control: +memory +pids +cpu",
      "ikvswitch/cpu.weight: 200",
      "ikvswitch/4026531840/cpu.weight: 200",
      "ikvswitch/4026531840/leaf1/memory.max: 268435456",
      "ikvswitch/4026531840/leaf1/memory.swap.max: 0",
      "ikvswitch/4026531840/leaf1/pids.max: 1024",
      "ikvswitch/4026531840/leaf1/cpu.max: 200000 100000",
    ]);
  });

  it("add to the weight of those of another kind, and may swap as far as they are told", async () => {
    await fake("cgroup.procs");
    await fake("cgroup.controllers", "cpu memory\n");
    await fake("ikvswitch/4026531840/cpu.weight", "900\n");
    await fake("ikvswitch/4026531840-vms/web1/cpu.weight", "100\n");
    const group = { name: "web2", limits: { ...LIMITS, swapMiB: 1 } };
    await makeGroups(hostWith(version2()), "4026531840-vms", [group]);
    expect(written.filter((line) => /cpu\.weight|swap/.test(line))).toEqual([
      "ikvswitch/cpu.weight: 1100",
      "ikvswitch/4026531840-vms/cpu.weight: 200",
      "ikvswitch/4026531840-vms/web2/memory.swap.max: 1048576",
    ]);
  });

  it("only group processes if a container's version 2 hierarchy has no controllers", async () => {
    await fake("cgroup.procs");
    await fake("cgroup.type", "domain\n");
    await fake("cgroup.controllers", "cpu memory pids\n");
    const made = await make(hostWith(version2()));
    expect(made).toEqual({ folders: [`${root}/ikvswitch/4026531840`], limited: new Set() });
    expect(written).toEqual([]);
  });

  it("are one for each controller under version 1", async () => {
    await Promise.all(["memory", "pids", "cpu"].map((name) => fake(`${name}/cgroup.procs`)));
    const made = await make(
      hostWith(["memory", "pids", "cpu"].map(version1).join("\n"), "memsw.limit_in_bytes"),
    );
    expect(made.limited).toEqual(new Set(["memory", "pids", "cpu"]));
    expect([...written].sort()).toEqual([
      "cpu/ikvswitch/4026531840/cpu.shares: 1024",
      "cpu/ikvswitch/4026531840/leaf1/cpu.cfs_period_us: 100000",
      "cpu/ikvswitch/4026531840/leaf1/cpu.cfs_quota_us: 200000",
      "cpu/ikvswitch/cpu.shares: 1024",
      "memory/ikvswitch/4026531840/leaf1/memory.limit_in_bytes: 268435456",
      "pids/ikvswitch/4026531840/leaf1/pids.max: 1024",
    ]);
  });

  it("are not created if limits are impossible, or if another mount hides the hierarchy", async () => {
    await Promise.all(["memory", "pids"].map((name) => fake(`${name}/cgroup.procs`)));
    const made = await make(hostWith(["memory", "pids", "cpu"].map(version1).join("\n"), "pids.max"));
    expect(made).toEqual({ folders: [`${root}/memory/ikvswitch/4026531840`], limited: new Set(["memory"]) });
  });
});
