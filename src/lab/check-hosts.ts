import type { Backend } from "../backends/model/backend.ts";
import { PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";

/** @throws PreflightError if the backend runs switches elsewhere than the plan has them. */
export function checkHosts({ name, onMembers }: Backend, { cluster }: Pick<Fabric, "cluster">): void {
  if (onMembers === true && cluster === undefined) {
    throw new PreflightError([
      {
        what: "HOSTS is empty",
        why: `BACKEND=${name} runs the switches on members of a cluster`,
        fix: "list them, such as HOSTS='alpha=10.0.0.1 beta=10.0.0.2'",
      },
    ]);
  }
  if (onMembers !== true && cluster !== undefined) {
    throw new PreflightError([
      {
        what: "HOSTS lists members of a cluster",
        why: `BACKEND=${name} runs all switches on this host`,
        fix: "choose a backend for several hosts, or leave HOSTS empty",
      },
    ]);
  }
}
