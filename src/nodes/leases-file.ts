import type { Node } from "../fabric/types.ts";
import { statePaths } from "./state-paths.ts";

/** Size of a file for leases. A program in the switch writes to it: see guest/common/IkvSwitch/Slots.pm. */
export const LEASES_BYTES = 1024 * 1024;

/** Returns the file that keeps a switch's DHCP leases while it is off; null if the switch serves no DHCP. */
export function leasesFile(stateDir: string, node: Node): string | null {
  return node.role === "leaf" && node.dhcp !== null ? `${statePaths(stateDir).leases}/${node.name}` : null;
}
