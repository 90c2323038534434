import { frrQuery } from "../../nodes/frr-query.ts";
import type { Command } from "../../system/host.ts";
import { quoteForShell } from "../../system/quote-for-shell.ts";
import type { Query, Source } from "../model/query.ts";
import { probeKey } from "../model/query.ts";

/** Markers: a line with the first begins a section, a line with the second has the exit code of its program. */
export const SECTION = "=== section";
export const EXIT = "=== exit";

/** Our own programs that a query runs. */
export interface QueryPrograms {
  /** The switch's library (see Machines); empty for the host, which is not queried for FRR. */
  readonly library: string;
  /** Text of `libexec/send-probes`; empty if there are no probes. */
  readonly probeProgram: string;
}

/**
 * One script runs all queries, because starting a program in an emulated switch costs more than the program's work.
 * Only names of ports and numbers become part of the script; addresses are arguments.
 */
export function queryCommand(query: Query, { library, probeProgram }: QueryPrograms): Command {
  const lines = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    // The input is for one of the programs alone.
    "exec 3<&0 </dev/null",
    `section() { printf '\\n${SECTION} %s\\n' "$1"; shift; "$@" 2>&1; printf '\\n${EXIT} %s\\n' "$?"; }`,
    ...SOURCES.filter((source) => query.sources.has(source)).flatMap((source) =>
      scripts[source](query, library),
    ),
  ];
  return {
    file: "/bin/sh",
    args: ["-c", lines.join("\n"), "sh", ...query.probes.map(probeKey)],
    input: probeProgram,
  };
}

/** For each probe, which is repeated until it is answered: a single lost packet does not count. */
const PROBE_SECONDS = 2;

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
  ping: () => [`query_ping() { perl - ${PROBE_SECONDS} "$@" <&3; }`, 'section ping query_ping "$@"'],
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
