import type { Host } from "../host.ts";

export const CONTROLLERS = ["memory", "pids", "cpu"] as const;
/** A controller of cgroups that we use. */
export type Controller = (typeof CONTROLLERS)[number];

/** A tree of cgroups (cgroups(7)): that of version 2, or one of version 1, which may have a tree per controller. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Mount point. */
  readonly folder: string;
  /** Those of our controllers that it has. */
  readonly controllers: readonly Controller[];
}

/**
 * Returns the writable hierarchies, which together have each controller at most once. None if nothing is mounted, or
 * only read-only, as in most containers.
 */
export async function findHierarchies(host: Host): Promise<readonly Hierarchy[]> {
  const mounted = mountedHierarchies((await host.readFile("/proc/self/mountinfo")) ?? "");
  const found = await Promise.all(
    mounted.map(async (hierarchy): Promise<readonly Hierarchy[]> => {
      // Another mount may hide it.
      if ((await host.stat(`${hierarchy.folder}/cgroup.procs`)) === undefined) {
        return [];
      }
      return [
        hierarchy.version === 1
          ? hierarchy
          : { ...hierarchy, controllers: await grantedControllers(host, hierarchy.folder) },
      ];
    }),
  );
  return withoutRepetition(found.flat());
}

/**
 * Returns the controllers at the top of version 2. In a container, the top holds processes, and only controllers that
 * are already granted can be used.
 */
async function grantedControllers(host: Host, folder: string): Promise<readonly Controller[]> {
  const [available, granted, type] = await Promise.all([
    host.readFile(`${folder}/cgroup.controllers`),
    host.readFile(`${folder}/cgroup.subtree_control`),
    // Every cgroup but the root has a type (cgroups(7)).
    host.readFile(`${folder}/cgroup.type`),
  ]);
  return controllersIn((type === undefined ? available : granted) ?? "", /\s+/);
}

/** Returns the mounted hierarchies, from /proc/PID/mountinfo (proc(5)), which names no controllers for version 2. */
export function mountedHierarchies(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split("\n").flatMap((line): readonly Hierarchy[] => {
    const [mount = "", filesystem = ""] = line.split(" - ");
    const [, , , , folder = "", options = ""] = mount.split(" ");
    const [type, , superOptions = ""] = filesystem.split(" ");
    const isWritable = [options, superOptions].every((text) => text.split(",").includes("rw"));
    if (!isWritable || (type !== "cgroup" && type !== "cgroup2")) {
      return [];
    }
    return type === "cgroup2"
      ? [{ version: 2, folder, controllers: [] }]
      : [{ version: 1, folder, controllers: controllersIn(superOptions, ",") }];
  });
}

function controllersIn(text: string, separator: string | RegExp): readonly Controller[] {
  const words = text.trim().split(separator);
  return CONTROLLERS.filter((controller) => words.includes(controller));
}

/**
 * Removes duplicates, since a hierarchy may be mounted twice, and hierarchies of version 1 without a controller for us.
 */
function withoutRepetition(hierarchies: readonly Hierarchy[]): readonly Hierarchy[] {
  const kept: Hierarchy[] = [];
  for (const hierarchy of hierarchies) {
    const isKnown =
      hierarchy.version === 2
        ? kept.some(({ version }) => version === 2)
        : hierarchy.controllers.length === 0 ||
          hierarchy.controllers.some((name) => kept.some(({ controllers }) => controllers.includes(name)));
    if (!isKnown) {
      kept.push(hierarchy);
    }
  }
  return kept;
}
