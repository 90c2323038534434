import type { Config } from "../config/types.ts";
import { splitMember } from "../config/value-types/hosts.ts";
import { Address } from "../net/address.ts";
import type { NamedBy } from "./cabling.ts";
import type { Cluster } from "./cluster-types.ts";
import { fabricNumber } from "./mark.ts";
import type { Report } from "./report.ts";
import type { TopologyNode } from "./topology.ts";
import type { Link, Node } from "./types.ts";

/** Returns the members that the switches run on; null if all run on this host. */
export function planCluster(config: Config): Cluster | null {
  if (config.HOSTS.length === 0) {
    return null;
  }
  const weights = new Map(config.HOST_WEIGHTS.map((text) => pairOf(text)));
  return {
    members: config.HOSTS.map((text) => {
      const [name, login, address] = splitMember(text);
      return { name, login, address: Address.from(address), weight: Number(weights.get(name) ?? 1) };
    }),
    vniStart: config.VXLAN_VNI_START === "auto" ? ownVnis(config.RUN_DIR) : config.VXLAN_VNI_START,
    vxlanPort: config.VXLAN_PORT,
  };
}

/** More than the links of a fabric that can have ends on two members: 9 spines' to the internet router and to 128 leaves. */
const VNIS_PER_FABRIC = 4096;
/** VNIs have 24 bits. The first range stays free for other uses, which often begin at 1. */
const RANGES = 0x1000 - 1;

/**
 * Returns the first VNI of a range that follows from the run directory, as all marks of a fabric do. Two fabrics may
 * get the same one by chance: a member that both use reports it.
 */
function ownVnis(runDir: string): number {
  return VNIS_PER_FABRIC * (1 + (fabricNumber(runDir) % RANGES));
}

/**
 * Returns the member of each node, by the node's name. Those without a member in PLACE take all members in turn: racks
 * by number, spines by number, and the internet router the first one. Both leaves of a rack are on its member.
 */
export function placeNodes(
  nodes: readonly TopologyNode[],
  { members }: Pick<Cluster, "members">,
  places: Config["PLACE"],
): ReadonlyMap<string, string> {
  const chosen = new Map(places.map(pairOf));
  return new Map(
    nodes.map((node) => {
      const { part, turn } = partOf(node);
      return [node.name, chosen.get(part) ?? members[turn % members.length]?.name ?? ""];
    }),
  );
}

/** Returns a function that returns the members of a link's ends, in their order. */
export function membersOf(
  nodes: readonly Pick<Node, "name" | "role" | "member">[],
): (ends: Link["interfaces"]) => readonly string[] {
  const byNode = new Map(nodes.map(({ name, member = "" }) => [name, member]));
  const internet = nodes.find(({ role }) => role === "internet")?.member ?? "";
  return (ends) => {
    const nodes = ends.map(({ end }) => (end.kind === "node" ? byNode.get(end.node) : undefined));
    // A server is where its link's only switch is.
    const only = nodes.find((member) => member !== undefined) ?? "";
    return ends.map(({ end }, index) => nodes[index] ?? (end.kind === "host" ? internet : only));
  };
}

/** @param places the members of a link's ends. */
export function isCut(places: readonly string[]): boolean {
  return places.some((place) => place !== places[0]);
}

/** Gives a VNI to each link with ends on two members. It does not depend on where other links' ends are. */
export function numberCuts(
  links: readonly Link[],
  { vniStart }: Cluster,
  placesOf: ReturnType<typeof membersOf>,
): readonly Link[] {
  return links.map((link, index) =>
    isCut(placesOf(link.interfaces)) ? { ...link, vni: vniStart + index } : link,
  );
}

/** Beginning of the names of devices of links between members; a link's VNI follows, and a letter. */
export const CUT_PREFIX = "ikx";

/** Reports names that could be those of a link between members. */
export function checkCutNames(names: readonly NamedBy[], report: Report): void {
  const pattern = new RegExp(`^${CUT_PREFIX}\\d+[a-z]?$`);
  const keys = new Set(names.filter(({ name }) => pattern.test(name)).map(({ key }) => key));
  for (const key of keys) {
    report(key, `makes names that begin with ${CUT_PREFIX}, as links between members do; choose another`);
  }
}

/** Returns the name by which PLACE knows it, and its place among its like, from 0. */
function partOf(node: TopologyNode): { readonly part: string; readonly turn: number } {
  switch (node.role) {
    case "internet":
      return { part: "internet", turn: 0 };
    case "spine":
      return { part: node.name, turn: node.spine - 1 };
    case "leaf":
      return { part: `rack${node.rack}`, turn: node.rack - 1 };
  }
}

function pairOf(text: string): readonly [string, string] {
  const [name = "", value = ""] = text.split("=");
  return [name, value];
}
