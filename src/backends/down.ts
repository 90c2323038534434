import { logsOf } from "../nodes/log-folder.ts";
import { nodesFolder, pausePath } from "../nodes/run-paths.ts";
import type { Host } from "../system/host.ts";
import { allBackends } from "./find.ts";
import type { Backends, DownOptions, DownReport } from "./model/backend.ts";

/**
 * Shuts down all switches at the same time, cuts the power of those that exceed the grace period, and removes their
 * files below the run directory. Removes the run directory too if it is then empty. Goes by the running processes and
 * existing files instead of the plan, so it works after a changed configuration and after `up` was killed.
 */
export async function stopAllSwitches(
  host: Host,
  runDir: string,
  { backends, graceMs, onWarning }: DownOptions & { readonly backends: Backends },
): Promise<DownReport> {
  const names = await host.list(nodesFolder(runDir));
  let outcomes: DownReport = Object.fromEntries(names.map((name) => [name, "was off"]));
  for (const backend of await allBackends(backends)) {
    outcomes = { ...outcomes, ...(await backend.down(host, runDir, { graceMs, onWarning })) };
  }
  await host.remove(nodesFolder(runDir));
  await Promise.all(names.map((name) => host.remove(logsOf(runDir, name))));
  await Promise.all([host.remove(pausePath(runDir)), host.remove(`${pausePath(runDir)}.new`)]);
  if ((await host.list(runDir)).length === 0) {
    await host.remove(runDir);
  }
  return outcomes;
}
