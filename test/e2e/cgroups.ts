import type { Namespace } from "../integration/namespace.ts";

/**
 * Mounts this machine's cgroups on a test host: version 2, and those of version 1 for controllers that it lacks.
 * @returns the controllers that limit processes there: memory, pids, cpu.
 */
export async function mountCgroups(host: Namespace): Promise<readonly string[]> {
  const { stdout } = await host.shell(`
    mount -t tmpfs cgroups /sys/fs/cgroup
    cd /sys/fs/cgroup
    mkdir unified && mount -t cgroup2 cgroup2 unified || true
    for controller in memory pids cpu; do
      if grep -qw $controller unified/cgroup.controllers; then echo $controller; continue; fi
      mkdir $controller
      if mount -t cgroup -o $controller $controller $controller; then echo $controller; else rmdir $controller; fi
    done`);
  return stdout.trim().split("\n");
}

export async function unmountCgroups(host: Namespace): Promise<void> {
  await host.run("umount", ["--recursive", "/sys/fs/cgroup"]);
}
