import type { InterfaceName } from "../../fabric/types.ts";
import type { LldpNeighbor } from "../observation.ts";

/**
 * `lldpcli -f json0 show neighbors`. Unlike `-f json`, whose shape changes with the number of neighbors, everything
 * that may repeat is a list here (lldpcli(8)).
 */
interface LldpJson {
  readonly lldp: readonly { readonly interface?: readonly InterfaceJson[] }[];
}

interface InterfaceJson {
  readonly name: string;
  readonly chassis?: readonly { readonly name?: readonly ValueJson[] }[];
  readonly port?: readonly { readonly id?: readonly ValueJson[] }[];
}

interface ValueJson {
  readonly value?: string;
}

/** The neighbors heard on each port; several where something between the two repeats everything. */
export function parseLldp(document: unknown): ReadonlyMap<InterfaceName, readonly LldpNeighbor[]> {
  const found = new Map<InterfaceName, LldpNeighbor[]>();
  for (const item of (document as LldpJson).lldp.flatMap((part) => part.interface ?? [])) {
    const name = item.chassis?.[0]?.name?.[0]?.value ?? "";
    const port = item.port?.[0]?.id?.[0]?.value ?? "";
    // lldpd may give the domain, too.
    const neighbor = { system: name.split(".")[0] ?? name, port };
    found.set(item.name, [...(found.get(item.name) ?? []), neighbor]);
  }
  return found;
}
