import type { Check, JointProblem } from "./checks/check.ts";
import { nextServer, reservations } from "./checks/dhcp.ts";
import { directoriesApart } from "./checks/directories.ts";
import { myIp } from "./checks/my-ip.ts";
import { distinctMacs, distinctNames, switchNames } from "./checks/names.ts";
import { bmcNetwork, networksApart } from "./checks/networks.ts";
import { asNumbers, vlanIds, vncDisplays } from "./checks/numbers.ts";
import { wholeNetwork } from "./checks/whole-network.ts";
import type { Config } from "./types.ts";

/** Everything that keys are checked for together. What follows from the whole plan is the planner's to check. */
const CHECKS: readonly Check[] = [
  wholeNetwork,
  networksApart,
  bmcNetwork,
  myIp,
  nextServer,
  reservations,
  vlanIds,
  asNumbers,
  vncDisplays,
  distinctNames,
  distinctMacs,
  ...switchNames,
  directoriesApart,
];

/**
 * The problems of values that are right each by itself.
 *
 * @param values without those that are wrong: checks that need them are left out
 */
export function validate(values: Partial<Config>): JointProblem[] {
  return CHECKS.flatMap((check) => check.find(values));
}
