import { CUT_PREFIX, isCut, membersOf } from "./cluster.ts";
import type { Cluster, CutEnd, Member } from "./cluster-types.ts";
import type { Fabric, Link } from "./types.ts";

/** The part of a fabric that is on one member. */
export interface MemberPart {
  readonly member: Member;
  /** Names of its switches. */
  readonly nodes: readonly string[];
  /** The fabric with those links and ends that are on this member. All nodes are in it. */
  readonly fabric: Fabric;
}

/**
 * Splits a fabric into the parts of its members, in their order; none if all of it is on this host.
 *
 * A link with ends on two members has a bridge of the same name on both. The host's own links are where the internet
 * router is, since packets leave the fabric there; a server's links are with their leaf. Taps belong to root: the
 * emulator's user is one of this host.
 */
export function memberParts(fabric: Fabric): readonly MemberPart[] {
  const { cluster, nodes } = fabric;
  if (cluster === undefined) {
    return [];
  }
  const links = linksByMember(fabric, cluster);
  const host = { ...fabric.host, user: "root" };
  const internet = nodes.find(({ role }) => role === "internet")?.member;
  return cluster.members.map((member) => ({
    member,
    nodes: nodes.filter((node) => node.member === member.name).map(({ name }) => name),
    fabric: {
      ...fabric,
      host,
      links: links.get(member.name) ?? [],
      ...(member.name === internet ? {} : { uplink: { kind: "isolated" } as const }),
    },
  }));
}

/** Returns the part of a member that has nothing of the plan, or is no longer in it. */
export function bareMemberPart(fabric: Fabric, member: Member): MemberPart {
  const host = { ...fabric.host, user: "root" };
  return { member, nodes: [], fabric: { ...fabric, host, links: [], uplink: { kind: "isolated" } } };
}

/** Reports whether a fabric, or a member's part of one, has the link by which packets leave the fabric. */
export function hasHostLink({ links }: Pick<Fabric, "links">): boolean {
  return links.some(({ kind }) => kind === "host");
}

/** Returns the member that a rack is on, with its leaves and servers; undefined if that is this host. */
export function memberOfRack(
  { cluster, nodes }: Pick<Fabric, "cluster" | "nodes">,
  rack: number,
): Member | undefined {
  const leaf = nodes.find((node) => node.role === "leaf" && node.rack === rack);
  return cluster?.members.find(({ name }) => name === leaf?.member);
}

function linksByMember(fabric: Fabric, cluster: Cluster): ReadonlyMap<string, readonly Link[]> {
  const members = new Map(cluster.members.map((member) => [member.name, member]));
  const links = new Map(cluster.members.map(({ name }) => [name, [] as Link[]]));
  const placesOf = membersOf(fabric.nodes);
  for (const link of fabric.links) {
    const places = placesOf(link.interfaces);
    if (!isCut(places)) {
      links.get(places[0] ?? "")?.push(link);
      continue;
    }
    for (const name of new Set(places)) {
      const here = members.get(name);
      const there = members.get(places.find((place) => place !== name) ?? "");
      const interfaces = link.interfaces.filter((_, index) => places[index] === name);
      const cut =
        here && there && link.vni !== undefined ? cutEnd(cluster, link.vni, here, there) : undefined;
      links.get(name)?.push({ ...link, interfaces, ...(cut === undefined ? {} : { cut }) });
    }
  }
  return links;
}

/** A VNI is unique on a member, even among fabrics, so its names are, too. They are the same on both sides. */
function cutEnd({ vxlanPort }: Cluster, vni: number, here: Member, there: Member): CutEnd {
  const port = `${CUT_PREFIX}${vni}`;
  return {
    port,
    patch: `${port}p`,
    tunnel: `${port}v`,
    vni,
    udpPort: vxlanPort,
    local: here.address,
    remote: there.address,
    remoteMember: there.name,
  };
}
