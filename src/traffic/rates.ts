import { linkName } from "../fabric/ends.ts";
import type { HostInterface, Link } from "../fabric/types.ts";
import type { Counters, Sample } from "./counters.ts";

/** Per second. Bytes are those of Ethernet frames without their checksums. */
export interface Rate {
  readonly packets: number;
  readonly bits: number;
}

export interface LinkRate {
  /** `spine1 ens5 – leaf1 ens4` */
  readonly name: string;
  readonly bridge: string;
  /** From the end named first to the other, and back. */
  readonly there: Rate;
  readonly back: Rate;
}

/**
 * Returns the traffic of each link between two samples, the busiest first; links of equal rates in the order of the
 * plan.
 */
export function linkRates(links: readonly Link[], before: Sample, after: Sample): readonly LinkRate[] {
  const seconds = (after.atMs - before.atMs) / 1000;
  return links
    .map((link) => {
      const [first, second] = link.interfaces;
      return {
        name: linkName(link),
        bridge: link.bridge.name,
        there: flow(first, second, before, after, seconds),
        back: flow(second, first, before, after, seconds),
      };
    })
    .sort((a, b) => total(b) - total(a));
}

function total({ there, back }: LinkRate): number {
  return there.bits + back.bits;
}

/**
 * Returns the traffic that the sender's interface received from the sender. The host's own end sends through its
 * bridge, not through its interface.
 */
function flow(
  from: HostInterface | undefined,
  to: HostInterface | undefined,
  before: Sample,
  after: Sample,
  seconds: number,
): Rate {
  const counts = (sample: Sample, { name }: HostInterface) => sample.counters.get(name);
  if (from !== undefined && from.end.kind !== "host") {
    return rate(counts(before, from), counts(after, from), "rx", seconds);
  }
  return to === undefined ? NONE : rate(counts(before, to), counts(after, to), "tx", seconds);
}

const NONE: Rate = { packets: 0, bits: 0 };

/** Returns nothing if the interface appeared or vanished in between, or was created again and counts from 0. */
function rate(
  before: Counters | undefined,
  after: Counters | undefined,
  side: "rx" | "tx",
  seconds: number,
): Rate {
  if (before === undefined || after === undefined || after[`${side}Packets`] < before[`${side}Packets`]) {
    return NONE;
  }
  return {
    packets: (after[`${side}Packets`] - before[`${side}Packets`]) / seconds,
    bits: ((after[`${side}Bytes`] - before[`${side}Bytes`]) * 8) / seconds,
  };
}
