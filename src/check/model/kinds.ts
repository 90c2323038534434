/** What is checked, in the order in which it is reported: what others depend on comes first. */
export const CHECK_KINDS = [
  "node",
  "wire",
  "host",
  "snat",
  "bgp",
  "bfd",
  "lldp",
  "default-route",
  "ecmp",
  "loopback",
  "mtu",
  "dhcp",
  "vlan",
  "assert",
] as const;

export type CheckKind = (typeof CHECK_KINDS)[number];

/** A line for each, for people. */
export const KIND_MEANINGS: Readonly<Record<CheckKind, string>> = {
  node: "every switch runs, answers, and has FRR's daemons",
  wire: "every wire's bridge and ports are there, up, with carrier, and of the planned MTU at both ends",
  host: "the host's addresses, route, settings and files are as planned",
  snat: "what leaves the fabric is given the host's address, and the host's router answers it",
  bgp: "every session is established, in both families, and carries the planned prefixes",
  bfd: "every session's neighbor is watched and up",
  lldp: "every port's neighbor is the planned one",
  "default-route": "every switch has one, and it leads up",
  ecmp: "every switch reaches every network by as many next hops as there are shortest ways",
  loopback: "every loopback answers the host and every switch",
  mtu: "a packet of the planned size passes every wire",
  dhcp: "left leaves serve their network",
  vlan: "VLANs' interfaces are there, up, with the planned address, and reach the planned ports",
  assert: "what the user's own file says",
};

export function isCheckKind(text: string): text is CheckKind {
  return CHECK_KINDS.some((kind) => kind === text);
}
