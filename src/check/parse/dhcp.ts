import { Address } from "../../net/address.ts";
import type { DhcpObservation, Lease } from "../model/observation.ts";

/**
 * @param sockets `ss -H -l -n -u 'sport = :67'`: Kea opens a socket on each address that it serves, in addition to the
 *   raw socket with which it receives.
 * @param configuration Kea's configuration, which is JSON with comments
 * @param leases Kea's lease file; of several lines for an address, the last one counts
 */
export function parseDhcp(sockets: string, configuration: string, leases: string): DhcpObservation {
  return {
    listening: [...sockets.matchAll(/\s(\d+\.\d+\.\d+\.\d+)(?:%[^\s:]+)?:67\s/g)].flatMap(
      ([, address = ""]) => [address],
    ),
    ...parseConfiguration(configuration),
    leases: parseLeases(leases),
  };
}

/** The same of DHCPv6: Kea opens a socket on the link-local address of each interface, whose name counts here. */
export function parseDhcp6(sockets: string, configuration: string, leases: string): DhcpObservation {
  return {
    listening: [...sockets.matchAll(/\s\[fe80:[0-9a-f:]*\]%([^\s:]+):547\s/g)].flatMap(([, device = ""]) => [
      device,
    ]),
    ...parseConfiguration(configuration),
    leases: parseLeases(leases),
  };
}

function parseConfiguration(text: string): Pick<DhcpObservation, "subnets" | "interfaces"> {
  return {
    subnets: [...text.matchAll(/"subnet"\s*:\s*"([^"]+)"/g)].flatMap(([, prefix = ""]) => [prefix]),
    interfaces: [...text.matchAll(/"interfaces"\s*:\s*\[([^\][]*)\]/g)].flatMap(([, list = ""]) =>
      [...list.matchAll(/"([^"]+)"/g)].flatMap(([, name = ""]) => [name]),
    ),
  };
}

/**
 * Parses Kea's file by the names of its columns; state 0 is in use. Kea escapes commas in clients' names. A line of
 * another form is skipped, so that the other leases are still found.
 */
function parseLeases(csv: string): readonly Lease[] {
  const [head = "", ...lines] = csv.trim().split("\n");
  const columns = head.split(",");
  const [macAt, lifetimeAt, stateAt] = ["hwaddr", "valid_lifetime", "state"].map((name) =>
    columns.indexOf(name),
  );
  const latest = new Map<string, { readonly mac: string; readonly inUse: boolean }>();
  for (const line of lines) {
    const cells = line.split(",");
    const [address = ""] = cells;
    const mac = cells[macAt ?? -1] ?? "";
    if (cells.length !== columns.length || Address.parse(address) === null || !MAC.test(mac)) {
      continue;
    }
    // Later lines last: a client may hold an older lease, too. Released ones are written with a lifetime of 0.
    latest.delete(address);
    const inUse = (cells[stateAt ?? -1] ?? "0") === "0" && cells[lifetimeAt ?? -1] !== "0";
    latest.set(address, { mac, inUse });
  }
  return [...latest].flatMap(([address, { mac, inUse }]) => (inUse ? [{ address, mac }] : []));
}

/** Kea writes no MAC for clients on other kinds of network, and up to 20 octets for InfiniBand clients. */
const MAC = /^([0-9a-f]{2}(:[0-9a-f]{2}){0,19})?$/i;
