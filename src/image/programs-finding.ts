import { type Finding, found, missing, type Requirement, untold } from "../host/findings/finding.ts";
import type { Host } from "../system/host.ts";
import { canRunPrograms } from "./where-programs-run.ts";

/**
 * Checks that programs can run below the state directory. Only the build of an image runs any there: nothing else is
 * affected by noexec, nodev and nosuid.
 */
export async function checkProgramsRun(host: Host, stateDir: string): Promise<Finding> {
  const requirement: Requirement = {
    name: "programs in STATE_DIR",
    why: `the image build installs packages in ${stateDir}`,
    fix: PROGRAMS_FIX,
  };
  const runs = await canRunPrograms(host, stateDir);
  if (runs === undefined) {
    return untold(requirement);
  }
  return runs ? found(requirement, "executable") : missing(requirement, "not executable");
}

export const PROGRAMS_FIX =
  "allow this container to mount, or move STATE_DIR to a file system without noexec, nodev, nosuid";
