import type { Fabric } from "../../fabric/types.ts";
import type { ExportFile } from "../model/file.ts";
import { type Selection, selectPlaces } from "../model/positions.ts";
import { type DomainOptions, domainFile } from "./domain.ts";
import { hostNetworks, linkNetwork, type MACVTAP_MODES, type RoutedPrefixes } from "./networks.ts";

export interface LibvirtOptions extends DomainOptions, RoutedPrefixes {
  readonly selection: Selection;
  readonly macvtapMode: (typeof MACVTAP_MODES)[number];
}

/**
 * Returns libvirt's networks, then its domains: for each selected rack position a domain, and a network for each of its
 * NICs unless these use taps. Networks beside the racks are there if no position is selected.
 * @throws UsageError for a rack or a position that the fabric lacks
 */
export function exportLibvirt(fabric: Fabric, options: LibvirtOptions): readonly ExportFile[] {
  const { selection, network, macvtapMode: mode } = options;
  const places = selectPlaces(fabric, selection);
  const isWhole = selection.racks.length === 0 && selection.positions.length === 0;
  const attachment =
    network === "macvtap" ? ({ kind: network, mode } as const) : ({ kind: "bridge" } as const);
  return [
    ...(isWhole ? hostNetworks(fabric, options) : []),
    ...(network === "tap"
      ? []
      : places.flatMap(({ nics }) => nics.map((nic) => linkNetwork(nic, attachment)))),
    ...places.map((place) => domainFile(place, options)),
  ];
}
