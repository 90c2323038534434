/**
 * Divides VMs into groups that run in turn, so that no VM has to wait for a processor while its own clock runs.
 *
 * Every VM is in exactly one group. A group's total demand is at most a share of the processors. A group with no more
 * VMs than processors is always allowed, whatever its demand.
 * @param demands of each VM: processors that it would use, from 0 to its number of virtual CPUs.
 * @param processors of the host.
 * @returns indices into `demands`; one group if all can run at once.
 */
export function planTimeSlices(
  demands: readonly number[],
  processors: number,
): readonly (readonly number[])[] {
  const room = processors * USABLE_SHARE;
  const groups: { readonly members: number[]; wanted: number }[] = [];
  // VMs with a high demand first: the rest of the room then fits those with a low one.
  const order = [...demands.keys()].sort((a, b) => (demands[b] ?? 0) - (demands[a] ?? 0));
  for (const machine of order) {
    const wanted = demands[machine] ?? 0;
    const group = groups.find(
      ({ members, wanted: taken }) => members.length < processors || taken + wanted <= room,
    );
    if (group === undefined) {
      groups.push({ members: [machine], wanted });
    } else {
      group.members.push(machine);
      group.wanted += wanted;
    }
  }
  return groups.map(({ members }) => members);
}

/**
 * Share of the processors that VMs may demand. The rest is for the emulators' devices, for this process, and for
 * moments of above-average demand.
 */
const USABLE_SHARE = 0.7;

/**
 * Reports whether VMs with these demands need no time slicing: all fit together, or none of them translates much code
 * any more. Their remaining demand is permanent then, and if the host can't meet even that, time slicing does not help.
 */
export function canAllRun(demands: readonly number[], processors: number): boolean {
  return planTimeSlices(demands, processors).length <= 1 || demands.every((wanted) => wanted <= WARM);
}

/** An idle switch needs a tenth of a processor under emulation, and two tenths if the host is busy with other work. */
const WARM = 0.3;

/** Time that a thread has run on a processor, and has waited for one, in nanoseconds. */
export interface ThreadTimes {
  readonly ranNs: number;
  readonly waitedNs: number;
}

/**
 * Returns the number of processors that a VM demanded in a period of this length, computed from the threads of its
 * virtual CPUs. Waiting counts: a thread that shares a processor demanded more than it got.
 */
export function demandOf(
  before: readonly ThreadTimes[],
  after: readonly ThreadTimes[],
  elapsedMs: number,
): number {
  const wanted = after.map((times, at) => {
    const start = before[at] ?? times;
    const wantedNs = times.ranNs - start.ranNs + times.waitedNs - start.waitedNs;
    return Math.min(1, Math.max(0, wantedNs / (elapsedMs * NANOSECONDS)));
  });
  return wanted.reduce((sum, one) => sum + one, 0);
}

/** Rises at once and falls slowly: a slice may lie between two bursts of work. */
export function smoothed(before: number, now: number): number {
  return Math.max(now, (before + now) / 2);
}

const NANOSECONDS = 1_000_000;
