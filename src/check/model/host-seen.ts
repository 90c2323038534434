import type { InterfaceName, Link } from "../../fabric/types.ts";
import type { DriftItem } from "../../host/model/drift-item.ts";
import type { Observation } from "./observation.ts";

/** What is observed of a host of the fabric's network. */
export interface HostSeen extends Observation {
  /** Name of the member of a cluster; null: this host. */
  readonly member: string | null;
  /** The planned links with those ends that are there, by bridge. */
  readonly links: ReadonlyMap<InterfaceName, Link>;
  /** The differences between its network and the plan. */
  readonly drift: readonly DriftItem[];
}

/** Returns a name for items: `m2: device iksb12`; that of this host's device is the device's alone. */
export function onHost(member: string | null, item: string): string {
  return member === null ? item : `${member}: ${item}`;
}
