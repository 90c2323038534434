import type { Query, Source } from "../check/model/query.ts";
import { queryNodes } from "../check/query/query-nodes.ts";
import { CommandError, PreflightError } from "../errors.ts";
import type { Fabric, LeafNode } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import { observeDevices } from "../host/observe-devices.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { findTapHolders } from "./holders.ts";
import {
  type Attachment,
  findAttachments,
  occupiedIn,
  type PositionReport,
  type RackPosition,
  reportPositions,
  sessionPorts,
  unknownPositions,
} from "./report.ts";

/**
 * All rack positions with what is attached to them. Their hosts tell who is there; leaves with somebody attached are
 * queried once. Switches that are off are no error, and neither are members that do not answer.
 * @param hosts of the fabric's network.
 * @param onWarning called about each member that does not answer.
 */
export async function observePositions(
  hosts: readonly NetworkHost[],
  planned: Fabric,
  machines: Machines,
  onWarning: (text: string) => void = () => {},
): Promise<readonly PositionReport[]> {
  const asItRuns = (fabric: Fabric) => (machines.vlans ? fabric : untaggedFabric(fabric));
  const fabric = asItRuns(planned);
  const parts = await Promise.all(
    hosts.map(async (one) => ({
      member: one.member,
      fabric: asItRuns(one.fabric),
      attachments: await observeAttachments(one, asItRuns(one.fabric), onWarning),
    })),
  );
  const attachments = parts.flatMap((part) => part.attachments ?? []);
  const observations = await queryNodes(machines, leafQueries(fabric, attachments.flat()));
  return parts
    .flatMap((part) =>
      (part.attachments === null
        ? unknownPositions(part.fabric)
        : reportPositions(part.fabric, part.attachments, observations)
      ).map((report) => (part.member === null ? report : { ...report, member: part.member })),
    )
    .sort((a, b) => a.rack - b.rack || a.position - b.position);
}

/** Null if a member does not answer: the others are shown all the same. */
async function observeAttachments(
  { member, host }: NetworkHost,
  fabric: Fabric,
  onWarning: (text: string) => void,
): Promise<readonly (readonly Attachment[])[] | null> {
  try {
    const [devices, holders] = await Promise.all([observeDevices(host), findTapHolders(host)]);
    return findAttachments(fabric, devices, holders);
  } catch (error) {
    if (member === null || !(error instanceof CommandError || error instanceof PreflightError)) {
      throw error;
    }
    onWarning(`${member}: ${error.message}`);
    return null;
  }
}

/** Returns the rack positions of this host where somebody is attached. */
export async function occupiedPositions(host: Host, fabric: Fabric): Promise<readonly RackPosition[]> {
  const [devices, holders] = await Promise.all([observeDevices(host), findTapHolders(host)]);
  return occupiedIn(fabric, devices, holders);
}

function leafQueries(
  fabric: Fabric,
  attachments: readonly Attachment[],
): ReadonlyMap<string, Omit<Query, "timeoutSeconds">> {
  const leaves = fabric.nodes.filter((node): node is LeafNode => node.role === "leaf");
  return new Map(
    leaves.flatMap((leaf) => {
      const ports = sessionPorts(fabric, leaf, attachments);
      const sources: readonly Source[] = [
        "frr",
        "macs",
        ...(leaf.dhcp === null ? [] : (["dhcp"] as const)),
        ...(leaf.dhcp?.network6 === undefined ? [] : (["dhcp6"] as const)),
      ];
      return ports.length === 0
        ? []
        : [
            [
              leaf.name,
              { sources: new Set(sources), ports, hasServers: false, ipv6: true, probes: [] },
            ] as const,
          ];
    }),
  );
}
