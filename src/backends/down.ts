import { removeLogs } from "../nodes/log-folder.ts";
import type { StopOutcome } from "../nodes/machines.ts";
import { endGroups } from "../system/cgroups/groups.ts";
import type { Host } from "../system/host.ts";
import { sandboxPaths } from "./netns/paths.ts";
import { ownNetwork } from "./netns/process.ts";
import { killStrays, stopSandboxes } from "./netns/stop.ts";
import { killMachine, stopMachine } from "./qemu/machine.ts";
import { nodesFolder, pausePath } from "./qemu/paths.ts";
import { findMachines } from "./qemu/process.ts";

/** What became of each node that had anything to stop. */
export type DownReport = Readonly<Record<string, StopOutcome>>;

/** A switch shuts down within 3 s alone; nine of them that share two emulated processors take longer. */
export const DEFAULT_GRACE_MS = 30_000;

/**
 * Shut all switches down at once, cut the power of those that take longer than the grace period, and remove
 * everything below the run directory that was theirs, and it too when nothing else is left in it. It goes by what runs and what is there, not by the plan,
 * so it works after a changed configuration and after `up` was killed half-way.
 */
export async function stopSwitches(
  host: Host,
  runDir: string,
  options: { readonly graceMs: number },
): Promise<DownReport> {
  const sandboxes = await stopSandboxes(host, runDir, {
    names: await sandboxNames(host, runDir),
    graceMs: 0,
  });
  await killStrays(host, runDir, null);
  const running = await findMachines(host, runDir);
  const names = [...new Set([...(await host.list(nodesFolder(runDir))), ...running.keys()])];
  const outcomes = await Promise.all(
    names.map(async (name) => [name, await stopMachine(host, runDir, name, options)] as const),
  );
  // What is left has lost its pid file: killed while it started, or a second one that should never have been.
  for (const processes of (await findMachines(host, runDir)).values()) {
    await Promise.all(processes.map((process) => killMachine(host, process)));
  }
  // Whatever else a switch has left behind, under whatever name.
  await endGroups(host, await ownNetwork(host));
  await host.remove(nodesFolder(runDir));
  await removeLogs(host, runDir);
  await Promise.all([host.remove(pausePath(runDir)), host.remove(`${pausePath(runDir)}.new`)]);
  if ((await host.list(runDir)).length === 0) {
    await host.remove(runDir);
  }
  return { ...Object.fromEntries(outcomes), ...sandboxes };
}

async function sandboxNames(host: Host, runDir: string): Promise<readonly string[]> {
  const names = await host.list(nodesFolder(runDir));
  const folders = await Promise.all(names.map((name) => host.list(sandboxPaths(runDir, name).folder)));
  // Whatever its record is by now.
  return names.filter((name, index) => {
    const { folder, record } = sandboxPaths(runDir, name);
    return folders[index]?.includes(record.slice(folder.length + 1));
  });
}
