import type { Host } from "../host.ts";
import { type Controller, findHierarchies, type Hierarchy } from "./hierarchies.ts";

/** Limits on all processes of a cgroup together. */
export interface Limits {
  readonly memoryMiB: number;
  /** Processor time, in processors. */
  readonly vcpus: number;
  /** Processes and threads. */
  readonly tasks: number;
  /** Memory that may be swapped out, besides; absent: none. */
  readonly swapMiB?: number;
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
export const OURS = "ikvswitch";

/**
 * Makes a cgroup for each of these in every hierarchy, or changes the limits of existing ones. Limits that can't be set
 * are left out: they are a safeguard, and switches and VMs run without them as well.
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
    await raiseWeights(host, hierarchy, fabric, groups);
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
 * switches and VMs, each of which should get that much: on a busy host, all of them together would almost stop.
 */
async function raiseWeights(
  host: Host,
  { folder, version }: Hierarchy,
  fabric: string,
  groups: readonly Group[],
): Promise<void> {
  const { file, one, most } =
    version === 2
      ? { file: "cpu.weight", one: 100, most: 10_000 }
      : { file: "cpu.shares", one: 1024, most: 262_144 };
  const weightOf = async (path: string) => Number((await host.readFile(`${path}/${file}`)) ?? 0);
  const raise = async (path: string, weight: number) => {
    const wanted = Math.min(weight, most);
    if ((await weightOf(path)) < wanted) {
      await host.writeKernelFile(`${path}/${file}`, String(wanted));
    }
  };
  const ours = `${folder}/${OURS}`;
  const inside = new Set([
    ...(await subgroups(host, `${ours}/${fabric}`)),
    ...groups.map(({ name }) => name),
  ]);
  const others = (await subgroups(host, ours)).filter((name) => name !== fabric);
  const weights = await Promise.all(others.map((name) => weightOf(`${ours}/${name}`)));
  const own = inside.size * one;
  await raise(
    ours,
    weights.reduce((sum, weight) => sum + weight, own),
  );
  await raise(`${ours}/${fabric}`, own);
}

/** Returns the names of the cgroups in a cgroup. */
export async function subgroups(host: Host, folder: string): Promise<readonly string[]> {
  const names = await host.list(folder);
  const statuses = await Promise.all(names.map((name) => host.stat(`${folder}/${name}`)));
  return names.filter((_, index) => statuses[index]?.isFolder);
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
  const swapMiB = limits.swapMiB ?? 0;
  const bytes = bytesOf(limits.memoryMiB);
  const quota = limits.vcpus * PERIOD;
  const setting = (file: string, value: string, isOptional = false) => ({ file, value, isOptional });
  const settings: Readonly<Record<Controller, readonly Setting[]>> =
    version === 2
      ? {
          memory: [setting("memory.max", bytes), setting("memory.swap.max", bytesOf(swapMiB), true)],
          pids: [setting("pids.max", String(limits.tasks))],
          cpu: [setting("cpu.max", `${quota} ${PERIOD}`)],
        }
      : {
          // The limit on memory can't exceed that on memory and swap, and an earlier value of the latter may be lower.
          memory: [
            setting("memory.memsw.limit_in_bytes", "-1", true),
            setting("memory.limit_in_bytes", bytes),
            setting("memory.memsw.limit_in_bytes", bytesOf(limits.memoryMiB + swapMiB), true),
          ],
          pids: [setting("pids.max", String(limits.tasks))],
          cpu: [setting("cpu.cfs_period_us", String(PERIOD)), setting("cpu.cfs_quota_us", String(quota))],
        };
  return controllers.flatMap((name) => settings[name]);
}

function bytesOf(mebibytes: number): string {
  return String(mebibytes * 1024 * 1024);
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
