import type { Host } from "../host.ts";
import { pollUntil } from "../poll.ts";
import { type Controller, findHierarchies, type Hierarchy } from "./hierarchies.ts";

/** Limits on all processes of a cgroup together. */
export interface Limits {
  readonly memoryMiB: number;
  /** Processor time, in processors. */
  readonly vcpus: number;
  /** Processes and threads. */
  readonly tasks: number;
}

export interface Group {
  readonly name: string;
  /** Absent: the processes are grouped, but not limited. */
  readonly limits?: Limits;
}

export interface MadeGroups {
  /** Folders that contain a subfolder for each group, one per hierarchy. */
  readonly folders: readonly string[];
  /** Controllers that limit the groups. */
  readonly limited: ReadonlySet<Controller>;
}

/** Cgroup between the root and those of a fabric. */
const OURS = "ikvswitch";

/**
 * Makes a cgroup for each of these in every hierarchy, or changes the limits of existing ones. Limits that can't be set
 * are left out: they are a safeguard, and switches run without them as well.
 * @param fabric distinguishes our groups from those of another fabric.
 */
export async function makeGroups(host: Host, fabric: string, groups: readonly Group[]): Promise<MadeGroups> {
  const made = await Promise.all(
    (await findHierarchies(host)).map(async (hierarchy) => {
      try {
        return [await makeIn(host, hierarchy, fabric, groups)];
      } catch {
        return [];
      }
    }),
  );
  return {
    folders: made.flat().map(({ folder }) => folder),
    limited: new Set(made.flat().flatMap(({ controllers }) => controllers)),
  };
}

async function makeIn(
  host: Host,
  hierarchy: Hierarchy,
  fabric: string,
  groups: readonly Group[],
): Promise<{ readonly folder: string; readonly controllers: readonly Controller[] }> {
  const above = [hierarchy.folder, `${hierarchy.folder}/${OURS}`, `${hierarchy.folder}/${OURS}/${fabric}`];
  const folder = above.at(-1) ?? "";
  await host.makeDirectory(folder);
  if (hierarchy.version === 2) {
    await handDown(host, above, hierarchy.controllers);
  }
  if (hierarchy.controllers.includes("cpu")) {
    await raiseWeights(host, hierarchy, above.slice(1), groups.length);
  }
  await Promise.all(
    groups.map(async ({ name, limits }) => {
      await host.makeDirectory(`${folder}/${name}`);
      const settings = limits === undefined ? [] : settingsOf(hierarchy, limits);
      for (const { file, value, isOptional } of settings) {
        await write(host, `${folder}/${name}/${file}`, value, isOptional);
      }
    }),
  );
  return { folder, controllers: hierarchy.controllers };
}

/** Enables the controllers: a group has only those that the group above it grants. */
async function handDown(
  host: Host,
  folders: readonly string[],
  controllers: readonly Controller[],
): Promise<void> {
  for (const folder of folders) {
    const file = `${folder}/cgroup.subtree_control`;
    const granted = ((await host.readFile(file)) ?? "").trim().split(/\s+/);
    const missing = controllers.filter((name) => !granted.includes(name));
    if (missing.length > 0) {
      await host.writeKernelFile(file, missing.map((name) => `+${name}`).join(" "));
    }
  }
}

/**
 * Raises the weights of our cgroups. A cgroup gets as much processor time as one program beside it. Ours contains many
 * switches, each of which should get that much: on a busy host, all of them together would almost stop.
 */
async function raiseWeights(
  host: Host,
  { version }: Hierarchy,
  folders: readonly string[],
  groups: number,
): Promise<void> {
  const { file, one, most } =
    version === 2
      ? { file: "cpu.weight", one: 100, most: 10_000 }
      : { file: "cpu.shares", one: 1024, most: 262_144 };
  const wanted = Math.min(groups * one, most);
  for (const folder of folders) {
    if (Number((await host.readFile(`${folder}/${file}`)) ?? 0) < wanted) {
      await host.writeKernelFile(`${folder}/${file}`, String(wanted));
    }
  }
}

interface Setting {
  readonly file: string;
  readonly value: string;
  /** True if not every kernel has it. */
  readonly isOptional: boolean;
}

/** Period in microseconds, after which a group that has used up its processor time resumes. */
const PERIOD = 100_000;

function settingsOf({ version, controllers }: Hierarchy, limits: Limits): readonly Setting[] {
  const bytes = String(limits.memoryMiB * 1024 * 1024);
  const quota = limits.vcpus * PERIOD;
  const setting = (file: string, value: string, isOptional = false) => ({ file, value, isOptional });
  const settings: Readonly<Record<Controller, readonly Setting[]>> =
    version === 2
      ? {
          memory: [setting("memory.max", bytes), setting("memory.swap.max", "0", true)],
          pids: [setting("pids.max", String(limits.tasks))],
          cpu: [setting("cpu.max", `${quota} ${PERIOD}`)],
        }
      : {
          // The limit on memory can't exceed that on memory and swap, and an earlier value of the latter may be lower.
          memory: [
            setting("memory.memsw.limit_in_bytes", "-1", true),
            setting("memory.limit_in_bytes", bytes),
            setting("memory.memsw.limit_in_bytes", bytes, true),
          ],
          pids: [setting("pids.max", String(limits.tasks))],
          cpu: [setting("cpu.cfs_period_us", String(PERIOD)), setting("cpu.cfs_quota_us", String(quota))],
        };
  return controllers.flatMap((name) => settings[name]);
}

async function write(host: Host, path: string, value: string, isOptional: boolean): Promise<void> {
  try {
    await host.writeKernelFile(path, value);
  } catch (error) {
    if (!isOptional) {
      throw error;
    }
  }
}

/** Time that the kernel needs to end killed processes. */
const END_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/**
 * Kills all processes in a fabric's cgroups, whatever their command lines, and removes the cgroups.
 * @throws TimeoutError if a process does not end.
 */
export async function endGroups(host: Host, fabric: string): Promise<void> {
  await Promise.all(
    (await findHierarchies(host)).map(async (hierarchy) => {
      const ours = `${hierarchy.folder}/${OURS}`;
      const folder = `${ours}/${fabric}`;
      if ((await host.stat(folder)) === undefined) {
        return;
      }
      await pollUntil(
        { what: `the end of all processes in ${folder}`, timeoutMs: END_TIMEOUT_MS, intervalMs: POLL_MS },
        async () => {
          const names = (
            await Promise.all(
              (
                await host.list(folder)
              ).map(async (name) => ((await host.stat(`${folder}/${name}`))?.isFolder ? [name] : [])),
            )
          ).flat();
          const pids = await killAll(
            host,
            names.map((name) => `${folder}/${name}`),
          );
          if (pids.length > 0) {
            return { done: false, seen: `pid ${pids.join(", ")}` };
          }
          const { stderr } = await host.run(
            { file: "rmdir", args: [...names.map((name) => `${folder}/${name}`), folder] },
            { okExitCodes: [1] },
          );
          return stderr === "" ? { done: true, value: undefined } : { done: false, seen: stderr };
        },
      );
      // 1: it contains another fabric's cgroups.
      await host.run({ file: "rmdir", args: [ours] }, { okExitCodes: [1] });
    }),
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
