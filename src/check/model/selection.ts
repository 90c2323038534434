import type { CheckKind } from "./kinds.ts";
import type { Source } from "./query.ts";

/** The checks that the user selected. */
export interface Selection {
  readonly kinds: ReadonlySet<CheckKind>;
  /** Names of switches; null for all of them and the host. */
  readonly nodes: ReadonlySet<string> | null;
}

/** The sources that each kind of check queries. */
export const NODE_SOURCES: Readonly<Record<CheckKind, readonly Source[]>> = {
  node: ["frr"],
  link: ["ip"],
  host: [],
  snat: ["ping"],
  bgp: ["frr"],
  bfd: ["frr"],
  lldp: ["lldp"],
  "default-route": ["ip"],
  ecmp: ["ip"],
  loopback: ["ping", "ip"],
  mtu: ["ping"],
  dhcp: ["dhcp", "dhcp6", "ip"],
  vlan: ["ip", "vlans"],
  server: ["frr"],
  // Depends on the assertions.
  assert: [],
};
