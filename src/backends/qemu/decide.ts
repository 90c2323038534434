import type { NodeAction } from "../../nodes/outcome.ts";
import type { FileDigests } from "../../render/hash.ts";
import { isSameLaunch, type LaunchIdentity } from "./launch.ts";

export interface NodeSituation {
  readonly running: boolean;
  /** The VM runs, but its kernel has panicked and halted. */
  readonly panicked: boolean;
  /** An `up` was killed while it cloned this node: the clone will never be completed. */
  readonly halfCloned: boolean;
  /** Launch settings of the running VM; undefined if unknown. */
  readonly launched: LaunchIdentity | undefined;
  readonly wanted: LaunchIdentity;
  /** Digests of its current files; undefined if unknown. */
  readonly applied: FileDigests | undefined;
  readonly rendered: FileDigests;
}

/**
 * Chooses an action. A VM that is off is started. A running one is kept, updated with new files, or restarted if its
 * launch settings differ (image, memory, NICs, accelerator), if its kernel has panicked, or if it is an incomplete
 * clone.
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
