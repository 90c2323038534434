import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { findConflicts } from "./conflicts.ts";
import { desiredNetwork } from "./desired.ts";
import { diffNetwork } from "./diff.ts";
import { describeDrift } from "./drift.ts";
import { findFabrics, formatFolders, sharesMarks } from "./fabrics.ts";
import type { DriftItem } from "./model/drift-item.ts";
import { deviceOwnership } from "./model/ownership.ts";
import { type SwitchPorts, TAPS } from "./model/switch-ports.ts";
import { outsideRoute } from "./outside-route.ts";
import { probeLink } from "./probe/probe-link.ts";
import { observeReadyHost } from "./requirements.ts";
import { type HostNetworkSettings, snatAddress } from "./start.ts";

export interface HostNetworkStatus {
  /** True if anything of ours exists. */
  readonly present: boolean;
  /** Devices of ours, planned or not. */
  readonly devices: { readonly bridges: number; readonly interfaces: number };
  /** The command that the router outside needs for its route to the fabric; null if it needs none. */
  readonly outsideRoute: string | null;
  /** Empty if everything is as planned. */
  readonly drift: readonly DriftItem[];
}

export interface StatusSettings extends HostNetworkSettings {
  /** Test that frames pass a link, which adds two ports to a bridge for a moment. */
  readonly probesLinks?: boolean;
}

/**
 * Compares the host's network with the plan. Changes nothing, apart from the test of `probesLinks`.
 * @throws PreflightError if the network can't be read.
 */
export async function hostNetworkStatus(
  host: Host,
  fabric: Fabric,
  { dnsServers, probesLinks = false }: StatusSettings,
  switchPorts: SwitchPorts = TAPS,
): Promise<HostNetworkStatus> {
  const observed = await observeReadyHost(host, fabric, "look");
  const otherFabric = findFabrics(observed.devices).filter((other) => sharesMarks(fabric, other));
  const dropped = probesLinks && otherFabric.length === 0 ? await probeLink(host, fabric, observed) : [];
  const ours = observed.devices.filter(deviceOwnership(fabric, observed.devices));
  const desired = desiredNetwork(fabric, observed, {
    snatAddress: snatAddress(fabric, observed) || "the address of the default route",
    switchPorts,
  });
  const bridges = ours.filter(({ kind }) => kind === "bridge").length;
  return {
    present: ours.length > 0,
    outsideRoute: outsideRoute(fabric, snatAddress(fabric, observed)),
    devices: { bridges, interfaces: ours.length - bridges },
    drift: [
      ...[
        ...otherFabric.map((other) => `the fabric with ${formatFolders(other)} has this one's link group`),
        ...[...dropped, ...findConflicts(fabric, observed, dnsServers)].map(({ what }) => what),
      ].map((item) => ({
        item,
        expected: "none",
        observed: "present",
      })),
      // Devices of another fabric differ from this plan in everything.
      ...(otherFabric.length > 0 ? [] : diffNetwork(fabric, desired, observed).flatMap(describeDrift)),
    ],
  };
}
