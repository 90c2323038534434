import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { findConflicts } from "./conflicts.ts";
import { desiredNetwork } from "./desired.ts";
import { diffNetwork } from "./diff.ts";
import { describeDrift } from "./drift.ts";
import type { DriftItem } from "./model/drift-item.ts";
import { deviceOwnership } from "./model/ownership.ts";
import { type SwitchPorts, TAPS } from "./model/switch-ports.ts";
import { findOtherFabric } from "./other-fabric.ts";
import { probeLink } from "./probe/probe-link.ts";
import { observeReadyHost } from "./requirements.ts";
import { type HostNetworkSettings, snatAddress } from "./start.ts";

export interface HostNetworkStatus {
  /** True if anything of ours exists. */
  readonly present: boolean;
  /** Devices of ours, planned or not. */
  readonly devices: { readonly bridges: number; readonly interfaces: number };
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
  { dnsServers, probesLinks = false, ...folders }: StatusSettings,
  switchPorts: SwitchPorts = TAPS,
): Promise<HostNetworkStatus> {
  const observed = await observeReadyHost(host, fabric, "look");
  const otherFabric = findOtherFabric(folders, observed.devices);
  const dropped = probesLinks && otherFabric.length === 0 ? await probeLink(host, fabric, observed) : [];
  const ours = observed.devices.filter(deviceOwnership(fabric));
  const desired = desiredNetwork(fabric, observed, {
    snatAddress: snatAddress(fabric, observed) || "the address of the default route",
    folders,
    switchPorts,
  });
  const bridges = ours.filter(({ kind }) => kind === "bridge").length;
  return {
    present: ours.length > 0,
    devices: { bridges, interfaces: ours.length - bridges },
    drift: [
      ...[...otherFabric, ...dropped, ...findConflicts(fabric, observed, dnsServers)].map(({ what }) => ({
        item: what,
        expected: "none",
        observed: "present",
      })),
      // Devices of another fabric differ from this plan in everything.
      ...(otherFabric.length > 0 ? [] : diffNetwork(fabric, desired, observed).flatMap(describeDrift)),
    ],
  };
}
