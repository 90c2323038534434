import type { InterfaceName } from "../fabric/types.ts";
import type { NetworkHost } from "../hosts/network-host.ts";

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

/**
 * Reads one small file of each host, which has the counters of all interfaces there; on this host, without starting a
 * program. A link's interfaces have names that are unique among the members of a cluster.
 */
export async function sampleCounters(
  hosts: readonly Pick<NetworkHost, "host" | "member">[],
): Promise<Sample> {
  const texts = await Promise.all(hosts.map(readCounters));
  return {
    atMs: performance.now(),
    counters: new Map(texts.flatMap((text) => [...parseCounters(text)])),
  };
}

/** A member that does not answer counts nothing. */
async function readCounters({ member, host }: Pick<NetworkHost, "host" | "member">): Promise<string> {
  const text = host.readFile("/proc/net/dev");
  return (await (member === null ? text : text.catch(() => ""))) ?? "";
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
