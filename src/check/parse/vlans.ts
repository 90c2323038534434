import type { InterfaceName } from "../../fabric/types.ts";

/** What `bridge -j vlan show` prints of one device. */
interface VlansJson {
  readonly ifname: string;
  readonly vlans: readonly { readonly vlan: number }[];
}

export function parseVlans(document: unknown): ReadonlyMap<InterfaceName, ReadonlySet<number>> {
  return new Map(
    (document as readonly VlansJson[]).map(({ ifname, vlans }) => [
      ifname,
      new Set(vlans.map(({ vlan }) => vlan)),
    ]),
  );
}
