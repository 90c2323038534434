import type { TopologyWire } from "./cabling.ts";
import type { BgpSession, SessionEnd } from "./types.ts";

/** One session over every wire between two nodes; `a` is the end nearer to the internet. */
export function planSessions(wires: readonly TopologyWire[]): BgpSession[] {
  return wires.flatMap((wire) => {
    const [a, b] = wire.ends.flatMap(({ at }): SessionEnd[] =>
      at.kind === "node" ? [{ node: at.node, port: at.port }] : [],
    );
    return a && b ? [{ a, b }] : [];
  });
}
