import { type Finding, found, optionalMissing } from "../../host/findings/finding.ts";
import { CONTROLLERS, findHierarchies } from "../../system/cgroups/hierarchies.ts";
import type { Host } from "../../system/host.ts";

const REQUIREMENT = {
  name: "cgroup controllers",
  why: "they limit memory, processes and CPU time of each netns switch",
  fix: "mount cgroup2 with these controllers on /sys/fs/cgroup; in a container, delegate them",
};

/** Reports whether cgroups can limit the resources of netns switches. Changes nothing. */
export async function checkLimits(host: Host): Promise<Finding> {
  const hierarchies = await findHierarchies(host);
  const has = new Set(hierarchies.flatMap(({ controllers }) => controllers));
  const absent = CONTROLLERS.filter((controller) => !has.has(controller));
  if (absent.length > 0) {
    const instead =
      "processes are limited per user and memory per process instead, and CPU time is not limited";
    return optionalMissing(REQUIREMENT, `no ${absent.join(", ")}: ${instead}`);
  }
  const versions = [...new Set(hierarchies.map(({ version }) => version))].sort().join(" and ");
  return found(REQUIREMENT, `${CONTROLLERS.join(", ")} (cgroup version ${versions})`);
}
