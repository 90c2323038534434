import { expect, it } from "vitest";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { missingLimits, vmLimits } from "../../src/vms/limits.ts";
import { profile } from "./profile.ts";

it("a VM may use its profile's memory and processors, and what QEMU takes besides", () => {
  const disks = [{ size: "1G", base: null, copy: false }];
  expect(vmLimits(profile({ memoryMiB: 512, vcpus: 2, disks }))).toEqual({
    memoryMiB: 512 + 384 + 3 * 32,
    vcpus: 2,
    tasks: 102,
    swapMiB: 512,
  });
});

it("a host without cgroups is told which limits VMs don't have", async () => {
  const local = localHost();
  const host: Host = {
    ...local,
    readFile: async (path, options) => (path === "/proc/self/mountinfo" ? "" : local.readFile(path, options)),
  };
  expect(await missingLimits(host, { runDir: "/run/ikvswitch" })).toBe(
    "VMs run without limits on memory, threads, processor time: no usable cgroup controller memory, pids, cpu; " +
      "mount cgroup2 on /sys/fs/cgroup, or delegate it to this container",
  );
});
