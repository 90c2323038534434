import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { findConflicts } from "./conflicts.ts";
import { desiredNetwork, type SwitchPorts, TAPS } from "./desired.ts";
import { diffNetwork } from "./diff.ts";
import { type DriftItem, describeDrift } from "./drift.ts";
import type { ObservedNetwork } from "./observed.ts";
import { linkOwnership } from "./ownership.ts";
import { observeReadyHost } from "./requirements.ts";
import { snatAddress } from "./start.ts";

export interface HostNetworkStatus {
  /** Whether anything of ours is there at all. */
  readonly present: boolean;
  /** Devices of ours, whether planned or not. */
  readonly devices: { readonly bridges: number; readonly interfaces: number };
  /** Empty where everything is as planned. */
  readonly drift: readonly DriftItem[];
}

/**
 * Compare the host's network with the plan; changes nothing.
 * @throws PreflightError where it can't be looked at.
 */
export async function hostNetworkStatus(
  host: Host,
  fabric: Fabric,
  switchPorts: SwitchPorts = TAPS,
): Promise<HostNetworkStatus> {
  const observed = await observeReadyHost(host, fabric, "look");
  const ours = observed.links.filter(linkOwnership(fabric));
  const bridges = ours.filter(({ kind }) => kind === "bridge").length;
  return {
    present: ours.length > 0,
    devices: { bridges, interfaces: ours.length - bridges },
    drift: [
      ...findConflicts(fabric, observed).map(({ what }) => ({
        item: what,
        expected: "none",
        observed: "present",
      })),
      ...diffNetwork(fabric, wanted(fabric, observed, switchPorts), observed).flatMap(describeDrift),
    ],
  };
}

function wanted(fabric: Fabric, observed: ObservedNetwork, switchPorts: SwitchPorts) {
  return desiredNetwork(
    fabric,
    observed,
    snatAddress(fabric, observed) || "the address of the default route",
    switchPorts,
  );
}
