/** The resources of one process at one time. */
export interface ProcessSample {
  /** The same for the whole life of a process: pid and start time. */
  readonly id: string;
  readonly name: string;
  readonly files: number;
  readonly pssKiB: number;
}

export type Samples = readonly (readonly ProcessSample[])[];

/**
 * Memory that a routing daemon allocates while it learns the fabric's routes, and after the first failure of a link, is
 * no leak. The median of the first half of a process's samples is compared with that of the second half.
 */
const FEWEST_SAMPLES = 4;
const FILES_ALLOWED = 2;
const PSS_ALLOWED_FACTOR = 1.25;
const PSS_ALLOWED_KIB = 1024;

/** Returns every process whose resources grow: `bgpd 123: 14 files, then 40`. */
export function findGrowth(samples: Samples): readonly string[] {
  const processes = groupById(samples.flat());
  return [...processes.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined || all.length < FEWEST_SAMPLES) {
      return [];
    }
    const half = Math.floor(all.length / 2);
    const [early, late] = [all.slice(0, half), all.slice(-half)].map((part) => ({
      files: median(part.map(({ files }) => files)),
      pssKiB: median(part.map(({ pssKiB }) => pssKiB)),
    }));
    if (early === undefined || late === undefined) {
      return [];
    }
    const who = `${first.name} ${first.id}`;
    return [
      ...(late.files > early.files + FILES_ALLOWED
        ? [`${who}: ${early.files} files, then ${late.files}`]
        : []),
      ...(late.pssKiB > early.pssKiB * PSS_ALLOWED_FACTOR + PSS_ALLOWED_KIB
        ? [`${who}: ${early.pssKiB} KiB, then ${late.pssKiB} KiB`]
        : []),
    ];
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function groupById(samples: readonly ProcessSample[]): ReadonlyMap<string, readonly ProcessSample[]> {
  const groups = new Map<string, ProcessSample[]>();
  for (const sample of samples) {
    groups.set(sample.id, [...(groups.get(sample.id) ?? []), sample]);
  }
  return groups;
}
