import { changePhases } from "../../src/host/commands.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import type { Phase } from "../../src/host/model/actions.ts";
import type { ObservedNetwork } from "../../src/host/model/observed.ts";
import { SETTINGS, smallFabric } from "./network.ts";

/** Returns the phases of a start on this host. */
export function startPhases(observed: ObservedNetwork): readonly Phase[] {
  const changes = diffNetwork(smallFabric, desiredNetwork(smallFabric, observed, SETTINGS), observed);
  return changePhases(smallFabric, changes, observed.ipv6);
}

export const bridge = "type bridge stp_state 0 forward_delay 0 mcast_snooping 0 group_fwd_mask 0x4000";
