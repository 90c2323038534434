import { type Finding, found, missing, type Requirement, untold } from "../host/findings/finding.ts";
import type { Host } from "../system/host.ts";
import { canRunPrograms } from "./where-programs-run.ts";

/** Nothing but the build of an image runs programs in there: noexec, nodev and nosuid are no obstacle to the rest. */
export async function checkProgramsRun(host: Host, stateDir: string): Promise<Finding> {
  const requirement: Requirement = {
    name: "programs in STATE_DIR",
    why: `packages are installed in ${stateDir} while the switches' image is built`,
    fix: PROGRAMS_FIX,
  };
  const runs = await canRunPrograms(host, stateDir);
  if (runs === undefined) {
    return untold(requirement);
  }
  return runs ? found(requirement, "can run") : missing(requirement, "can't run");
}

export const PROGRAMS_FIX =
  "give this container the right to mount, or set STATE_DIR to a file system without noexec, nodev, nosuid";
