/** What the words of an argument or an option's value are. */
export type ValueSource =
  | "nodes"
  /** Several, separated by commas. */
  | "node-list"
  /** Ends of links: switches, their ports, positions, interfaces and bridges of the host. */
  | "link-ends"
  /** The ports of the switch before. */
  | "ports"
  | "snapshots"
  | "vms"
  | "profiles"
  | "racks"
  | "positions"
  | "fabrics"
  | "images"
  /** MACs of DHCP reservations. */
  | "reservations"
  | "checks"
  | "event-kinds"
  /** `NAME:` for a path of a switch or a VM, or a file. */
  | "node-paths"
  | "vm-paths"
  /** `KEY=` */
  | "keys"
  | "files"
  | "folders"
  /** Nothing that is known: a number, a new name. */
  | "none";

/**
 * The sources by name of an argument or option. Of a command's path and name, if the name alone means something else
 * there.
 */
export const VALUE_SOURCES: Readonly<Record<string, ValueSource>> = {
  // Arguments.
  node: "nodes",
  nodes: "nodes",
  "exec node": "node-list",
  endpoint: "link-ends",
  peer: "link-ends",
  "capture node": "link-ends",
  "open wireshark node": "link-ends",
  iface: "ports",
  snapshot: "snapshots",
  snapshots: "snapshots",
  vm: "vms",
  vms: "vms",
  "vm create vm": "none",
  "vm insert image": "files",
  from: "node-paths",
  to: "node-paths",
  "vm cp from": "vm-paths",
  "vm cp to": "vm-paths",
  rack: "racks",
  u: "positions",
  ids: "images",
  mac: "none",
  "leases unreserve mac": "reservations",
  address: "none",
  hostname: "none",
  "schema document": "none",
  token: "none",
  // Options.
  "--name": "fabrics",
  "--config": "files",
  "--set": "keys",
  "--set-file": "keys",
  "--profile": "profiles",
  "--rack": "racks",
  "--u": "positions",
  "--only": "checks",
  "events --only": "event-kinds",
  "--assert": "files",
  "--junit": "files",
  "--out": "files",
  "render --out": "folders",
  "--output": "folders",
  "--write": "files",
  "--user-data": "files",
  "--token-file": "files",
  "--tls-cert": "files",
  "--tls-key": "files",
  "--machine": "none",
  "--listen": "none",
  "--host": "none",
  "--racks": "none",
  "--timeout": "none",
  "--grace": "none",
  "--interval": "none",
  "--wait": "none",
  "--loss": "none",
  "--delay": "none",
  "--jitter": "none",
  "--rate": "none",
  "--mac": "none",
  "--memory": "none",
  "--vcpus": "none",
  "--disks": "none",
  "--routed": "none",
  "--nat": "none",
  "--image": "none",
  "--count": "none",
  "--seconds": "none",
  "--trials": "none",
};

/** Returns the source of an argument or option of a command; undefined if nobody has said it. */
export function sourceOf(path: readonly string[], name: string): ValueSource | undefined {
  return VALUE_SOURCES[[...path, name].join(" ")] ?? VALUE_SOURCES[name];
}
