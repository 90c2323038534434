import type { Check, JointProblem } from "./checks/check.ts";
import { nextServer, reservations } from "./checks/dhcp.ts";
import { directoriesApart } from "./checks/directories.ts";
import { distinctMembers, knownMembers, placedParts } from "./checks/hosts.ts";
import { myIp } from "./checks/my-ip.ts";
import { distinctMacs, distinctNames, switchNames } from "./checks/names.ts";
import { bmcNetwork, networksApart } from "./checks/networks.ts";
import { asNumbers, vlanIds, vncDisplays } from "./checks/numbers.ts";
import { uplinkAddresses, uplinkAs, uplinkBesideHost, uplinkBgp } from "./checks/uplink.ts";
import { wholeNetwork } from "./checks/whole-network.ts";
import type { Config } from "./types.ts";

/** All checks that combine several keys. The planner checks conditions that follow from the whole plan. */
const CHECKS: readonly Check[] = [
  wholeNetwork,
  networksApart,
  bmcNetwork,
  myIp,
  uplinkBesideHost,
  uplinkAddresses,
  uplinkBgp,
  uplinkAs,
  nextServer,
  reservations,
  vlanIds,
  asNumbers,
  vncDisplays,
  distinctNames,
  distinctMacs,
  ...switchNames,
  distinctMembers,
  ...knownMembers,
  placedParts,
  directoriesApart,
];

/**
 * Returns the problems of values that are each valid on their own.
 *
 * @param values the valid values; checks that need a missing one are skipped
 */
export function validate(values: Partial<Config>): JointProblem[] {
  return CHECKS.flatMap((check) => check.find(values));
}
