import { frrQuery } from "../../nodes/frr-query.ts";
import type { Command } from "../../system/host.ts";
import { quoteForShell } from "../../system/quote-for-shell.ts";
import type { Probe, Query, Source } from "../model/query.ts";
import { probeKey } from "../model/query.ts";

/** Markers: a line with the first begins a section, a line with the second has the exit code of its program. */
export const SECTION = "=== section";
export const EXIT = "=== exit";

/**
 * One script runs all queries, because starting a program in an emulated switch costs more than the program's work.
 * Only names of ports and numbers become part of the script; addresses are arguments.
 * @param library the switch's library (see Machines); empty for the host, which is not queried for FRR
 */
export function queryCommand(query: Query, library = ""): Command {
  const lines = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    `section() { printf '\\n${SECTION} %s\\n' "$1"; shift; "$@" 2>&1; printf '\\n${EXIT} %s\\n' "$?"; }`,
    ...SOURCES.filter((source) => query.sources.has(source)).flatMap((source) =>
      scripts[source](query, library),
    ),
  ];
  return { file: "/bin/sh", args: ["-c", lines.join("\n"), "sh", ...query.probes.map(probeWords)] };
}

const SOURCES: readonly Source[] = ["frr", "ip", "ip6", "vlans", "lldp", "dhcp", "dhcp6", "macs", "ping"];

const scripts: Readonly<Record<Source, (query: Query, library: string) => readonly string[]>> = {
  frr: queryFrr,
  ip: ({ timeoutSeconds }) => [
    `query_ip() { printf 'addr show\\nroute show\\n' | timeout ${timeoutSeconds} ip -j -batch -; }`,
    "section ip query_ip",
  ],
  ip6: ({ timeoutSeconds }) => [`section ip6 timeout ${timeoutSeconds} ip -6 -j route show`],
  vlans: ({ timeoutSeconds }) => [`section vlans timeout ${timeoutSeconds} bridge -j vlan show`],
  lldp: ({ timeoutSeconds }) => [`section lldp timeout ${timeoutSeconds} lldpcli -f json0 show neighbors`],
  dhcp: ({ timeoutSeconds }) => [
    `section sockets timeout ${timeoutSeconds} ss -H -l -n -u 'sport = :67'`,
    "section kea cat /etc/kea/kea-dhcp4.conf",
    "section leases cat /var/lib/kea/kea-leases4.csv",
  ],
  dhcp6: ({ timeoutSeconds }) => [
    `section sockets6 timeout ${timeoutSeconds} ss -H -l -n -u 'sport = :547'`,
    "section kea6 cat /etc/kea/kea-dhcp6.conf",
    "section leases6 cat /var/lib/kea/kea-leases6.csv",
  ],
  macs: ({ timeoutSeconds }) => [
    `section fdb timeout ${timeoutSeconds} bridge -j fdb show`,
    `section neigh timeout ${timeoutSeconds} ip -j neigh show`,
  ],
  ping: queryPing,
};

function queryFrr({ ports, hasServers, ipv6, timeoutSeconds }: Query, library: string): readonly string[] {
  const bgp = [
    ...ports.map((port) => `show bgp neighbors ${port} json`),
    "show bgp ipv4 unicast json",
    ...(ipv6 ? ["show bgp ipv6 unicast json"] : []),
    ...(hasServers ? ["show bgp summary json"] : []),
  ];
  const { file, args } = frrQuery(library, timeoutSeconds, [
    { daemon: "zebra", commands: [] },
    { daemon: "staticd", commands: [] },
    { daemon: "bfdd", commands: ["show bfd peers json"] },
    { daemon: "bgpd", commands: bgp },
  ]);
  return [`section frr ${[file, ...args].map(quoteForShell).join(" ")}`];
}

/** Seconds. Each probe is repeated until one is answered, so that a single lost packet does not count. */
const PING_SECONDS = 2;

function queryPing(): readonly string[] {
  return [
    "query_ping() {",
    '  for probe in "$@"; do',
    "    set -- $probe",
    `    { ping -n -q -c 1 -i 0.2 -w ${PING_SECONDS} -M do -s "$3" "$1" >/dev/null 2>&1 && echo "$1 $2"; } &`,
    "  done",
    "  wait",
    "}",
    'section ping query_ping "$@"',
  ];
}

/** The probe's key, and the size of ping's payload: the packet without its IP and ICMP headers. */
function probeWords(probe: Probe): string {
  const headers = probe.address.includes(":") ? 48 : 28;
  return `${probeKey(probe)} ${probe.size - headers}`;
}
