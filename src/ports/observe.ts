import type { Query, Source } from "../check/model/query.ts";
import { queryNodes } from "../check/query/query-nodes.ts";
import type { Fabric, LeafNode } from "../fabric/types.ts";
import { untaggedFabric } from "../fabric/untagged.ts";
import { observeDevices } from "../host/observe-devices.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { findTapHolders } from "./holders.ts";
import {
  type Attachment,
  findAttachments,
  isOccupied,
  type PositionReport,
  reportPositions,
  sessionPorts,
} from "./report.ts";

/**
 * All rack positions with what is attached to them. The host tells who is there; leaves with somebody attached are queried
 * once. Switches that are off are no error.
 */
export async function observePositions(
  host: Host,
  planned: Fabric,
  machines: Machines,
): Promise<readonly PositionReport[]> {
  const fabric = machines.vlans ? planned : untaggedFabric(planned);
  const [devices, holders] = await Promise.all([observeDevices(host), findTapHolders(host)]);
  const attachments = findAttachments(fabric, devices, holders);
  const queries = leafQueries(fabric, attachments.flat());
  return reportPositions(fabric, attachments, await queryNodes(machines, queries));
}

/** Returns the rack positions where somebody is attached, by what the host knows. */
export async function occupiedPositions(
  host: Host,
  fabric: Fabric,
): Promise<readonly { readonly rack: number; readonly position: number }[]> {
  const [devices, holders] = await Promise.all([observeDevices(host), findTapHolders(host)]);
  return findAttachments(fabric, devices, holders).flatMap((nics) => {
    const [first] = nics;
    return first !== undefined && nics.some(isOccupied) ? [first.nic] : [];
  });
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
