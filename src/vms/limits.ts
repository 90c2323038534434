import { fabricNumber } from "../fabric/mark.ts";
import { endGroup, endGroups } from "../system/cgroups/end-groups.ts";
import { fabricGroup } from "../system/cgroups/fabric-group.ts";
import { type Limits, makeGroups } from "../system/cgroups/groups.ts";
import { CONTROLLERS } from "../system/cgroups/hierarchies.ts";
import { type LimitsInForce, readLimits } from "../system/cgroups/read-limits.ts";
import type { Host } from "../system/host.ts";
import type { VmPlace } from "./folder.ts";
import type { Profile } from "./profile.ts";

/**
 * Memory that QEMU takes besides the guest's, generously, since a VM that exceeds its limit is killed: 128 MiB for
 * translated code under emulation; its program and libraries, screen, page tables and buffers; for each disk the cache
 * of a qcow2 image's tables, and for each processor the tables of an emulated one.
 */
const OVERHEAD_MIB = { fixed: 384, each: 32 } as const;

/** QEMU's threads besides a virtual processor each: up to 64 for disks, its main loop, the screen and a few more. */
const OTHER_THREADS = 100;

/** Returns the limits on a VM's QEMU. */
export function vmLimits({ vcpus, memoryMiB, disks }: Profile): Limits {
  return {
    memoryMiB: memoryMiB + OVERHEAD_MIB.fixed + OVERHEAD_MIB.each * (vcpus + disks.length),
    vcpus,
    tasks: vcpus + OTHER_THREADS,
    // A host that gives its VMs more memory than it has needs its swap.
    swapMiB: memoryMiB,
  };
}

/** The run directory of the VMs' fabric. */
type Place = Pick<VmPlace, "runDir">;

/** Apart from the switches' cgroups, whose processes are all killed when the switches stop. */
function fabricOfVms(host: Host, { runDir }: Place): Promise<string> {
  return fabricGroup(host, fabricNumber(runDir), "vms");
}

/** Makes a VM's cgroup. @returns its folders, one for each hierarchy that could be used. */
export async function makeVmGroup(
  host: Host,
  place: Place,
  name: string,
  profile: Profile,
): Promise<readonly string[]> {
  const group = { name, limits: vmLimits(profile) };
  const { folders } = await makeGroups(host, await fabricOfVms(host, place), [group]);
  return folders.map((folder) => `${folder}/${name}`);
}

/** Returns a note if this host's cgroups can't limit VMs in all respects; null if they can. */
export async function missingLimits(host: Host, place: Place): Promise<string | null> {
  const { limited } = await makeGroups(host, await fabricOfVms(host, place), []);
  const missing = CONTROLLERS.filter((controller) => !limited.has(controller));
  return missing.length === 0
    ? null
    : `VMs run without limits on ${missing.map((name) => LIMITED[name]).join(", ")}: no usable cgroup controller ` +
        `${missing.join(", ")}; mount cgroup2 on /sys/fs/cgroup, or delegate it to this container`;
}

const LIMITED = { memory: "memory", pids: "threads", cpu: "processor time" } as const;

/** Returns the limits that a running VM has. */
export async function vmLimitsInForce(host: Host, place: Place, name: string): Promise<LimitsInForce> {
  return readLimits(host, await fabricOfVms(host, place), name);
}

/** Removes a VM's cgroup, and kills what is left in it. */
export async function endVmGroup(host: Host, place: Place, name: string): Promise<void> {
  await endGroup(host, await fabricOfVms(host, place), name);
}

/** Does the same for all VMs. */
export async function endVmGroups(host: Host, place: Place): Promise<void> {
  await endGroups(host, await fabricOfVms(host, place));
}
