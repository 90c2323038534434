/** The kinds of checks, in the order of the report: the causes come before the checks that depend on them. */
export const CHECK_KINDS = [
  "node",
  "link",
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
  "server",
  "assert",
] as const;

export type CheckKind = (typeof CHECK_KINDS)[number];

/** One line per kind, for people. */
export const KIND_MEANINGS: Readonly<Record<CheckKind, string>> = {
  node: "every switch runs, answers and has all FRR daemons",
  link: "every link's bridge and interfaces exist, are up and have carrier and MTU",
  host: "the host's addresses, route, settings and files are as planned",
  snat: "the SNAT rule exists, and the host's router answers the fabric",
  bgp: "every session is established in both families and has the planned prefixes",
  bfd: "every session has a BFD peer that is up",
  lldp: "every port's neighbor is the planned one",
  "default-route": "every switch has a default route upstream",
  ecmp: "every switch uses all shortest paths to every network",
  loopback: "every loopback answers the host and every switch",
  mtu: "a packet of MTU size passes every link",
  dhcp: "left leaves serve DHCP to their networks",
  vlan: "VLAN interfaces exist, are up and have the planned addresses and ports",
  server: "every running VM that speaks BGP has its sessions, is announced, and answers the host",
  assert: "the user's own assertions",
};

export function isCheckKind(text: string): text is CheckKind {
  return CHECK_KINDS.some((kind) => kind === text);
}
