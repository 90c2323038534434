/**
 * Who goes on together, group after group, so that nobody has to wait for a processor while its own clock runs.
 *
 * Every machine is in just one group. A group's machines want no more together than a share of the processors; as many
 * as there are processors may always go together, however much they want.
 * @param demands of each machine: processors that it would have used, from 0 to as many as it has.
 * @param processors of the host.
 * @returns indices into `demands`; one group when all can go on at once.
 */
export function planTimeSlices(
  demands: readonly number[],
  processors: number,
): readonly (readonly number[])[] {
  const room = processors * USABLE_SHARE;
  const groups: { readonly members: number[]; wanted: number }[] = [];
  // The greedy ones first: what is left of the room then takes those that want little.
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

/** The rest is for the emulators' devices, for us, and for moments in which several want more than on the average. */
const USABLE_SHARE = 0.7;

/**
 * Whether machines with these demands need no turns: they have room together, or none of them translates much any more.
 * What they want then they want for good, and where the host has not even that for them, turns don't help.
 */
export function canAllRun(demands: readonly number[], processors: number): boolean {
  return planTimeSlices(demands, processors).length <= 1 || demands.every((wanted) => wanted <= WARM);
}

/** An idle switch wants a tenth of an emulated processor, and two tenths where the host is busy with other work. */
const WARM = 0.3;

/** Time that a thread has had a processor, and that it has waited for one, in nanoseconds. */
export interface ThreadTimes {
  readonly ranNs: number;
  readonly waitedNs: number;
}

/**
 * How many processors a machine wanted in a time of this length, from its processors' threads. Waiting counts: who has to
 * share a processor wanted more than it got.
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

/** Up at once and down slowly: a slice may lie between two bursts of work. */
export function smoothed(before: number, now: number): number {
  return Math.max(now, (before + now) / 2);
}

const NANOSECONDS = 1_000_000;
