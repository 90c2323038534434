import type { Probe } from "./packet.ts";

/** Probes lost between two that were received. Times are those at which probes were sent, in ms. */
export interface Gap {
  /** Of the last probe received before, and of the first one after. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly lost: number;
}

/** Result of a stream. */
export interface Reception {
  readonly received: number;
  readonly lost: number;
  readonly gaps: readonly Gap[];
}

/**
 * Finds missing probes, by their numbers and sending times, so that neither a late receiver nor reordered packets make
 * a gap. Probes missing at the end do not count: they may still be in flight.
 */
export function findGaps(probes: readonly Probe[]): Reception {
  const sorted = [...probes].sort((a, b) => a.sequence - b.sequence);
  const gaps = sorted.flatMap((probe, index): Gap[] => {
    const before = sorted[index - 1];
    return before === undefined || probe.sequence <= before.sequence + 1
      ? []
      : [
          {
            fromMs: Number(before.sentNs) / 1e6,
            toMs: Number(probe.sentNs) / 1e6,
            lost: probe.sequence - before.sequence - 1,
          },
        ];
  });
  return { received: probes.length, lost: gaps.reduce((sum, { lost }) => sum + lost, 0), gaps };
}
