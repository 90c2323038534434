import type { Fabric } from "../../fabric/types.ts";
import type { DriftItem } from "../../host/model/drift-item.ts";
import { type HostSeen, onHost } from "../model/host-seen.ts";
import { compare, compareProblems, type Evaluation } from "../model/item.ts";

/** Evaluates the SNAT rule, which gives traffic that leaves the fabric the host's address; or its absence. */
export function evaluateSnat(
  hosts: readonly Pick<HostSeen, "member" | "drift">[],
  { prefix, uplink }: Fabric,
): Evaluation {
  const wrong = hosts.flatMap(({ member, drift }) =>
    drift.filter(isSnat).map(({ item, observed }) => onHost(member, `${item}: ${observed}`)),
  );
  const expected = uplink.kind === "nat" ? "present" : `as planned for UPLINK=${uplink.kind}`;
  return compareProblems(null, `SNAT of ${prefix}`, expected, wrong);
}

/**
 * Evaluates each host's addresses, routes, settings, files and other rules: one item for all, or one per difference.
 * There is none about the network of a host that could not be queried.
 */
export function evaluateHost(
  hosts: readonly Pick<HostSeen, "member" | "drift" | "unreachable">[],
): readonly Evaluation[] {
  return hosts
    .filter(({ unreachable }) => unreachable === null)
    .flatMap(({ member, drift }) => {
      const others = drift.filter((item) => !isSnat(item) && !isOfLink(item));
      return others.length === 0
        ? [compare(null, onHost(member, "host network"), AS_PLANNED, AS_PLANNED)]
        : others.map(({ item, expected, observed }) => ({
            ...compare(null, onHost(member, item), expected, observed),
            ok: false,
          }));
    });
}

/** The item about a host that could not be queried. @param why `too slow: …` */
export function evaluateHostAnswer(member: string | null, why: string): Evaluation {
  return compare(null, member === null ? "host" : `member ${member}`, "answers", why);
}

const AS_PLANNED = "as planned";

function isSnat({ item }: DriftItem): boolean {
  return / rule in .*postrouting/i.test(item);
}

/** Reports whether the difference concerns a device of a link; it is then evaluated with that link. */
function isOfLink({ item, expected, observed }: DriftItem): boolean {
  return (
    /^device [^:]+: (mtu|bridge|state)$/.test(item) ||
    (/^device [^:]+$/.test(item) && observed === "missing" && !expected.startsWith("none"))
  );
}
