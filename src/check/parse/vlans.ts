import type { InterfaceName } from "../../fabric/types.ts";
import { numberOf, objectsIn, textOf } from "../../untrusted-json.ts";

/** Parses the output of `bridge -j vlan show`: `[{"ifname": "ens6", "vlans": [{"vlan": 11}]}]`. */
export function parseVlans(document: unknown): ReadonlyMap<InterfaceName, ReadonlySet<number>> {
  return new Map(
    objectsIn(document).map(({ ifname, vlans }) => [
      textOf(ifname, ""),
      new Set(objectsIn(vlans).map(({ vlan }) => numberOf(vlan, 0))),
    ]),
  );
}
