import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/** Counters of an interface since it was created, as seen from the host: `rx` came from the attached end. */
export interface Counters {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txDropped: number;
}

export interface Sample {
  readonly atMs: number;
  readonly counters: ReadonlyMap<InterfaceName, Counters>;
}

/** Reads one small file, which has the counters of all interfaces, without starting a program. */
export async function sampleCounters(host: Host): Promise<Sample> {
  const text = (await host.readFile("/proc/net/dev")) ?? "";
  return { atMs: performance.now(), counters: parseCounters(text) };
}

/** Parses /proc/net/dev: two header lines, then `name: ` and eight numbers received, eight sent (proc(5)). */
export function parseCounters(text: string): ReadonlyMap<InterfaceName, Counters> {
  return new Map(
    text.split("\n").flatMap((line): [InterfaceName, Counters][] => {
      const [, name, rest] = /^\s*([^\s:]+):\s*(\d.*)$/.exec(line) ?? [];
      const [rxBytes = 0, rxPackets = 0, , rxDropped = 0, , , , , ...sent] = (rest ?? "")
        .split(/\s+/)
        .map(Number);
      const [txBytes = 0, txPackets = 0, , txDropped = 0] = sent;
      const counters = { rxBytes, rxPackets, rxDropped, txBytes, txPackets, txDropped };
      return name === undefined ? [] : [[name, counters]];
    }),
  );
}
