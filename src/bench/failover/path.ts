import type { Fabric, HostInterface, Link } from "../../fabric/types.ts";
import type { ServerPlan } from "../../servers/plan.ts";
import type { Counters, Sample } from "../../traffic/counters.ts";

/** Path of a stream from one server to another, as the counters show it. */
export interface StreamPath {
  readonly upLeaf: string;
  readonly uplink: Link;
  readonly spine: string;
  readonly downlink: Link;
  readonly downLeaf: string;
}

/** Share of the stream's packets that proves a path: some are between two hops while they are counted. */
const CARRIES = 0.75;
/** Minimum share of the wanted rate, on a host that is too busy for all of it. */
const LEAST = 0.25;

/**
 * Finds which of the equal paths the stream takes. Each stage is found by the packets that its interfaces passed
 * between two samples.
 * @returns a text that describes the ambiguity, if the stream has no single path at the moment.
 */
export function findPath(
  fabric: Fabric,
  [from, to]: readonly [ServerPlan, ServerPlan],
  perSecond: number,
  before: Sample,
  after: Sample,
): StreamPath | string {
  const passed = (name: string, side: "rxPackets" | "txPackets") => {
    const at = (sample: Sample): Counters | undefined => sample.counters.get(name);
    return (at(after)?.[side] ?? 0) - (at(before)?.[side] ?? 0);
  };
  const sent = Math.max(...from.nics.map(({ leafEnd }) => passed(leafEnd, "txPackets")));
  const wanted = (perSecond * (after.atMs - before.atMs)) / 1000;
  if (sent < wanted * LEAST) {
    return `${from.name} sent ${sent} packets instead of ${Math.round(wanted)}`;
  }
  const carries = (name: string, side: "rxPackets" | "txPackets") => passed(name, side) > sent * CARRIES;
  const hops = fabricHops(fabric);
  const upLeaf = from.nics.find(({ leafEnd }) => carries(leafEnd, "txPackets"))?.leaf;
  const uplink = hops.find(({ leaf, leafEnd }) => leaf === upLeaf && carries(leafEnd, "rxPackets"));
  const downlink = hops.find(
    ({ leaf, spine, spineEnd }) =>
      spine === uplink?.spine && to.nics.some((nic) => nic.leaf === leaf) && carries(spineEnd, "rxPackets"),
  );
  const downLeaf = to.nics.find(({ leafEnd }) => carries(leafEnd, "rxPackets"))?.leaf;
  if (upLeaf === undefined || uplink === undefined || downlink === undefined || downLeaf !== downlink.leaf) {
    return `${from.name} → ${upLeaf ?? "?"} → ${uplink?.spine ?? "?"} → ${downlink?.leaf ?? "?"}, ${downLeaf ?? "?"} → ${to.name}`;
  }
  return { upLeaf, uplink: uplink.link, spine: uplink.spine, downlink: downlink.link, downLeaf };
}

interface Hop {
  readonly link: Link;
  readonly spine: string;
  readonly spineEnd: string;
  readonly leaf: string;
  readonly leafEnd: string;
}

/** The links between spines and leaves. */
function fabricHops(fabric: Fabric): readonly Hop[] {
  const role = ({ end }: HostInterface) =>
    end.kind === "node" ? fabric.nodes.find(({ name }) => name === end.node)?.role : undefined;
  return fabric.links.flatMap((link): Hop[] => {
    const spine = link.interfaces.find((end) => role(end) === "spine");
    const leaf = link.interfaces.find((end) => role(end) === "leaf");
    return spine?.end.kind === "node" && leaf?.end.kind === "node"
      ? [{ link, spine: spine.end.node, spineEnd: spine.name, leaf: leaf.end.node, leafEnd: leaf.name }]
      : [];
  });
}
