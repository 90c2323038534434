import type { Host } from "../host.ts";
import { pollUntil } from "../poll.ts";
import { OURS, subgroups } from "./groups.ts";
import { findHierarchies } from "./hierarchies.ts";

/** Time that the kernel needs to end killed processes. */
const END_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/**
 * Kills all processes in a fabric's cgroups, whatever their command lines, and removes the cgroups.
 * @throws TimeoutError if a process does not end.
 */
export async function endGroups(host: Host, fabric: string): Promise<void> {
  await inEachHierarchy(host, fabric, async (folder) => endIn(host, folder, await subgroups(host, folder)));
}

/** The same for a single one of them. */
export async function endGroup(host: Host, fabric: string, name: string): Promise<void> {
  await inEachHierarchy(host, fabric, async (folder) =>
    endIn(host, folder, (await subgroups(host, folder)).includes(name) ? [name] : []),
  );
}

/** Does the work in each hierarchy that has cgroups of this fabric. Those above are removed when they are empty. */
async function inEachHierarchy(
  host: Host,
  fabric: string,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await Promise.all(
    (await findHierarchies(host)).map(async (hierarchy) => {
      const ours = `${hierarchy.folder}/${OURS}`;
      const folder = `${ours}/${fabric}`;
      if ((await host.stat(folder)) === undefined) {
        return;
      }
      await work(folder);
      // 1: the fabric has other cgroups, or there are those of another fabric.
      await host.run({ file: "rmdir", args: [folder, ours] }, { okExitCodes: [1] });
    }),
  );
}

async function endIn(host: Host, folder: string, names: readonly string[]): Promise<void> {
  const folders = names.map((name) => `${folder}/${name}`);
  if (folders.length === 0) {
    return;
  }
  await pollUntil(
    { what: `the end of all processes in ${folder}`, timeoutMs: END_TIMEOUT_MS, intervalMs: POLL_MS },
    async () => {
      const pids = await killAll(host, folders);
      if (pids.length > 0) {
        return { done: false, seen: `pid ${pids.join(", ")}` };
      }
      const { stderr } = await host.run({ file: "rmdir", args: folders }, { okExitCodes: [1] });
      return stderr === "" ? { done: true, value: undefined } : { done: false, seen: stderr };
    },
  );
}

/** Kills all processes, and returns the pids of those that still existed. */
async function killAll(host: Host, folders: readonly string[]): Promise<readonly number[]> {
  const pids = (
    await Promise.all(
      folders.map(async (folder) => ((await host.readFile(`${folder}/cgroup.procs`)) ?? "").split("\n")),
    )
  )
    .flat()
    .map(Number)
    .filter((pid) => pid > 0);
  await Promise.all(pids.map((pid) => host.kill(pid, "SIGKILL")));
  return pids;
}
