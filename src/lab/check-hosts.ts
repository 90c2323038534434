import type { Backend } from "../backends/model/backend.ts";
import { PreflightError, UsageError } from "../errors.ts";
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

/** @throws UsageError for a fabric on several hosts. @param command as the user typed it: `vm create` */
export function demandOneHost({ cluster }: Pick<Fabric, "cluster">, command: string): void {
  if (cluster !== undefined) {
    throw new UsageError(
      `'ikvswitch ${command}' works on a fabric of one host only; this one is on ${cluster.members.map(({ name }) => name).join(", ")}`,
    );
  }
}
