import type { Probe } from "./packet.ts";

/** Probes that never came, between two that did. Times are those at which probes were sent, in ms. */
export interface Gap {
  /** Of the last probe before that came, and of the first one after. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly lost: number;
}

/** What came of a stream. */
export interface Reception {
  readonly received: number;
  readonly lost: number;
  readonly gaps: readonly Gap[];
}

/**
 * Where probes are missing. By their numbers and sending times, so that neither a late receiver nor packets that
 * overtake each other make a gap. What is missing at the end does not count: it may still be on its way.
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
