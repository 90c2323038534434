import { type MissingRequirement, PreflightError } from "../errors.ts";
import type { MemberPart } from "../fabric/member-part.ts";
import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import { type ProbeResult, probe } from "../system/probe.ts";
import { settleAll } from "../system/settle-all.ts";
import type { ConnectedMember } from "./connect.ts";

/** Bytes of VXLAN around a packet: Ethernet with a VLAN tag, VXLAN and UDP; and IP of each family. */
const AROUND = 14 + 4 + 8 + 8;
const IP_HEADER = { 4: 20, 6: 40 } as const;
/** ICMP's part of a ping. */
const ICMP_HEADER = 8;
/** Largest payload of a ping that every IPv4 path takes whole (RFC 791). */
const SMALL = 512;

/**
 * Sends a packet of full size, and if need be a small one, between all of these members that have links with each other.
 * @returns a warning for each pair whose network fragments full packets: that costs throughput, and nothing else.
 * @throws PreflightError with each pair that does not reach each other at all.
 */
export async function checkUnderlay(members: readonly ConnectedMember[]): Promise<readonly string[]> {
  const names = new Set(members.map(({ part }) => part.member.name));
  const paths = members.flatMap(({ part, host }) =>
    pathsOf(part)
      .filter(({ to }) => names.has(to))
      .map((path) => ({ ...path, host })),
  );
  const results = await settleAll(paths.map(checkPath));
  const broken = results.flatMap(({ missing }) => missing ?? []);
  if (broken.length > 0) {
    throw new PreflightError(broken);
  }
  return results.flatMap(({ warning }) => warning ?? []);
}

interface Path {
  readonly from: string;
  readonly to: string;
  readonly local: Address;
  readonly remote: Address;
  /** Full size of a packet of a link there, with VXLAN. */
  readonly packetBytes: number;
}

/** Returns a path for each member with which this one has links, in one direction of the two. */
export function pathsOf({ member, fabric }: MemberPart): readonly Path[] {
  const paths = fabric.links.flatMap(({ bridge, cut }): readonly Path[] =>
    cut === undefined || member.name > cut.remoteMember
      ? []
      : [
          {
            from: member.name,
            to: cut.remoteMember,
            local: cut.local,
            remote: cut.remote,
            packetBytes: bridge.mtu + AROUND + IP_HEADER[cut.remote.family],
          },
        ],
  );
  return [...new Map(paths.map((path) => [path.to, path])).values()];
}

interface PathResult {
  readonly warning?: string;
  readonly missing?: MissingRequirement;
}

async function checkPath(path: Path & { readonly host: Host }): Promise<PathResult> {
  const { from, to, local, remote, packetBytes } = path;
  const full = await ping(path, packetBytes - IP_HEADER[remote.family] - ICMP_HEADER);
  if (hasPassed(full)) {
    return {};
  }
  const small = await ping(path, SMALL);
  if (!hasPassed(small)) {
    const said = small.end === "exit" ? small.stderr.trim() || "no reply to a ping" : "no reply to a ping";
    return {
      missing: {
        what: `${from} (${local}) does not reach ${to} (${remote}): ${said}`,
        why: `links between switches on ${from} and on ${to} go that way`,
        fix: `correct their addresses in HOSTS, or the network between them; it has to let ICMP and VXLAN pass`,
      },
    };
  }
  return {
    warning:
      `packets of ${packetBytes} bytes from ${from} to ${to} are fragmented${mtuSeen(full)}: links between them pass ` +
      `all packets, but far fewer per second; raise the MTU of the network between the members to ${packetBytes}`,
  };
}

/** @param payload bytes of the packet without IP and ICMP. It must not be fragmented. */
function ping(
  { local, remote, host }: Path & { readonly host: Host },
  payload: number,
): Promise<ProbeResult> {
  const args = [
    "-n",
    "-M",
    "do",
    "-c",
    "2",
    "-i",
    "0.2",
    "-W",
    "2",
    "-s",
    String(payload),
    "-I",
    String(local),
    String(remote),
  ];
  return probe(host, { file: "ping", args });
}

function hasPassed(result: ProbeResult): boolean {
  return result.end === "exit" && result.exitCode === 0;
}

/** `local error: message too long, mtu=1500`, or a router's answer: `Frag needed and DF set (mtu = 1400)`. */
function mtuSeen(result: ProbeResult): string {
  const mtu = result.end === "exit" ? /mtu ?= ?(\d+)/.exec(result.stdout + result.stderr)?.[1] : undefined;
  return mtu === undefined ? "" : ` (MTU ${mtu})`;
}
