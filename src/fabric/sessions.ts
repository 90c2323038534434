import type { TopologyLink } from "./cabling.ts";
import type { BgpSession, SessionEnd } from "./types.ts";

/** Plans one session per link between two nodes; `a` is the end nearer to the internet. */
export function planSessions(links: readonly TopologyLink[]): BgpSession[] {
  return links.flatMap((link) => {
    const [a, b] = link.ends.flatMap(({ at }): SessionEnd[] =>
      at.kind === "node" ? [{ node: at.node, port: at.port }] : [],
    );
    return a && b ? [{ a, b }] : [];
  });
}
