import type { Fabric } from "../../fabric/types.ts";
import type { DriftItem } from "../../host/model/drift-item.ts";
import { compare, compareProblems, type Evaluation } from "../model/item.ts";

/** Evaluates the SNAT rule, which gives traffic that leaves the fabric the host's address; or its absence. */
export function evaluateSnat(drift: readonly DriftItem[], { prefix, uplink }: Fabric): Evaluation {
  const wrong = drift.filter(isSnat).map(({ item, observed }) => `${item}: ${observed}`);
  const expected = uplink.kind === "nat" ? "present" : `as planned for UPLINK=${uplink.kind}`;
  return compareProblems(null, `SNAT of ${prefix}`, expected, wrong);
}

/** Evaluates the host's addresses, routes, settings, files and other rules: one item for all, or one per difference. */
export function evaluateHost(drift: readonly DriftItem[]): readonly Evaluation[] {
  const others = drift.filter((item) => !isSnat(item) && !isOfLink(item));
  return others.length === 0
    ? [compare(null, "host network", AS_PLANNED, AS_PLANNED)]
    : others.map(({ item, expected, observed }) => ({
        ...compare(null, item, expected, observed),
        ok: false,
      }));
}

/** The item about a host that could not be queried. @param why `too slow: …` */
export function evaluateHostAnswer(why: string): Evaluation {
  return compare(null, "host", "answers", why);
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
