import type { NodeAction } from "../../nodes/outcome.ts";
import type { FileDigests } from "../../render/hash.ts";
import { isSameLaunch, type LaunchIdentity } from "./launch.ts";

export interface NodeSituation {
  readonly running: boolean;
  /** Its machine runs, but its kernel has given up and stands still. */
  readonly panicked: boolean;
  /** It was being cloned by an `up` that is gone: nobody will make it a switch. */
  readonly halfCloned: boolean;
  /** How its machine was started; undefined where that is not known. */
  readonly launched: LaunchIdentity | undefined;
  readonly wanted: LaunchIdentity;
  /** The files it has; undefined where that is not known. */
  readonly applied: FileDigests | undefined;
  readonly rendered: FileDigests;
}

/**
 * A machine that is off is started. One that runs is left alone, given new files, or started anew when the
 * machine itself is to be another (image, memory, NICs, accelerator) or is beyond help.
 */
export function decide(situation: NodeSituation): NodeAction {
  const { running, panicked, halfCloned, launched, wanted, applied, rendered } = situation;
  if (!running) {
    return "start";
  }
  if (panicked || halfCloned || launched === undefined || !isSameLaunch(launched, wanted)) {
    return "restart";
  }
  return applied?.all === rendered.all ? "keep" : "update";
}
