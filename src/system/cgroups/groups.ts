import type { Host } from "../host.ts";
import { pollUntil } from "../poll.ts";
import { type Controller, findHierarchies, type Hierarchy } from "./hierarchies.ts";

/** What the processes of a cgroup may take together. */
export interface Limits {
  readonly memoryMiB: number;
  /** Processors' time. */
  readonly vcpus: number;
  /** Processes and threads. */
  readonly tasks: number;
}

export interface Group {
  readonly name: string;
  /** Absent: they are only held together. */
  readonly limits?: Limits;
}

export interface MadeGroups {
  /** Folders that have one of each group's name below them, in one hierarchy each. */
  readonly folders: readonly string[];
  /** What limits them. */
  readonly limited: ReadonlySet<Controller>;
}

/** Between the root and a fabric's own. */
const OURS = "ikvswitch";

/**
 * Make a cgroup for each of these in every hierarchy there is, or give the ones that are there other limits. What can't
 * be limited is left out: this is a safeguard, without which switches run as well.
 * @param fabric tells our groups from those of another fabric.
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

/** A group has the controllers that the one above it grants. */
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
 * A cgroup has as much of the processors' time as one program beside it. Ours holds many switches, each of which is to
 * have that: on a busy host, all of them together would come to a standstill.
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
  /** Not every kernel has it. */
  readonly isOptional: boolean;
}

/** Microseconds after which a group that has used up its processors' time goes on. */
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
          // A limit of memory alone is never above that of memory and swap; an earlier one of both may be lower.
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

/** As long as the kernel takes to end processes that are killed. */
const END_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

/**
 * Kill everything that is in a fabric's cgroups, whatever it calls itself, and remove them.
 * @throws TimeoutError where something does not end.
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
      // 1: another fabric is in there.
      await host.run({ file: "rmdir", args: [ours] }, { okExitCodes: [1] });
    }),
  );
}

/** Pids of those that are still there. */
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
