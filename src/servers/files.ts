import { noLearningLine } from "../host/device-commands.ts";
import type { Address } from "../net/address.ts";
import type { ServerPlan } from "./plan.ts";

export interface ServerRouting extends Pick<ServerPlan, "name" | "address" | "asn"> {
  readonly nics: readonly { readonly name: string }[];
  /** An IPv6 address that it announces, too; null for none. */
  readonly address6?: Address | null;
  /** Interval of BFD packets, as the leaves' is; null without BFD. */
  readonly bfdIntervalMs?: number | null;
}

/**
 * Returns a server's routing configuration: BGP unnumbered with both leaves, as users' servers have it.
 * @param vlan on which leaves speak BGP with servers; null if their kernel has no VLANs.
 */
export function serverFrrConf(
  { name, address, asn, nics, address6 = null, bfdIntervalMs = null }: ServerRouting,
  vlan: number | null,
): string {
  const ports = nics.map((nic) => (vlan === null ? nic.name : `${nic.name}.${vlan}`));
  return `frr defaults datacenter
hostname ${name}
${ports.map((port) => `interface ${port}\n ipv6 nd ra-interval 1\n no ipv6 nd suppress-ra\nexit\n`).join("")}${bfdIntervalMs === null ? "" : bfdProfile(bfdIntervalMs)}router bgp ${asn}
 bgp router-id ${address}
 no bgp default ipv4-unicast
 bgp bestpath as-path multipath-relax
 neighbor LEAVES peer-group
 neighbor LEAVES remote-as external
 neighbor LEAVES capability extended-nexthop
 neighbor LEAVES timers connect 1
${bfdIntervalMs === null ? "" : " neighbor LEAVES bfd\n neighbor LEAVES bfd profile LEAVES\n"}${ports.map((port) => ` neighbor ${port} interface peer-group LEAVES\n`).join("")} address-family ipv4 unicast
  network ${address}/32
  neighbor LEAVES activate
  maximum-paths 64
 exit-address-family
${address6 === null ? "" : ipv6Family(address6)}exit
`;
}

function bfdProfile(intervalMs: number): string {
  return `bfd
 profile LEAVES
  detect-multiplier 3
  receive-interval ${intervalMs}
  transmit-interval ${intervalMs}
 exit
exit
`;
}

function ipv6Family(address: Address): string {
  return ` address-family ipv6 unicast
  network ${address}/128
  neighbor LEAVES activate
  maximum-paths 64
 exit-address-family
`;
}

/** Sysctls of the server's kernel, the same as in its leaves. */
const SYSCTLS = [
  "net.ipv4.fib_multipath_hash_policy=1",
  "net.ipv4.conf.all.ignore_routes_with_linkdown=1",
  "net.ipv4.conf.default.ignore_routes_with_linkdown=1",
  "net.ipv4.conf.all.rp_filter=0",
  "net.ipv4.conf.default.rp_filter=0",
  "net.ipv6.conf.all.accept_dad=0",
  "net.ipv6.conf.default.accept_dad=0",
];

/**
 * Returns the shell script that is the server: it sets up its namespaces, prints its pid, waits until its NICs exist,
 * and runs FRR until it is killed. All its processes end with it.
 */
export function serverScript({ nics, address }: ServerPlan, vlan: number | null): string {
  return `set -e
# The PID on the host: /proc is still the host's.
read -r pid _ </proc/self/stat
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /etc/frr
mkdir /run/frr
# mgmtd, which FRR has since 10, writes its configurations here.
if [ -d /var/lib/frr ]; then
  mount -t tmpfs tmpfs /var/lib/frr
  chown frr:frr /var/lib/frr
fi
sysctl -q -w ${SYSCTLS.join(" ")}
ip link set lo up
ip address add ${address}/32 dev lo
echo "service integrated-vtysh-config" >/etc/frr/vtysh.conf
cat >/etc/frr/frr.conf
chown -R frr:frr /run/frr /etc/frr
echo "pid $pid"
until [ -e /run/plugged ]; do sleep 0.02; done
${nics.map(({ name }) => plugLines(name, vlan)).join("\n")}
for daemon in mgmtd zebra bgpd; do
  [ ! -x /usr/lib/frr/$daemon ] || /usr/lib/frr/$daemon --log stdout --log-level error &
done
until [ -S /run/frr/zebra.vty ] && [ -S /run/frr/bgpd.vty ]; do sleep 0.02; done
until vtysh -b && vtysh -d bgpd -c 'show bgp summary' | grep -q eth0; do sleep 0.1; done
# In an enclosure, vtysh prints a warning of PAM without an end of line.
printf '\\nready\\n'
wait
`;
}

function plugLines(nic: string, vlan: number | null): string {
  return vlan === null
    ? `ip link set ${nic} up`
    : `ip link add link ${nic} name ${nic}.${vlan} type vlan id ${vlan}\nip link set ${nic} up\nip link set ${nic}.${vlan} up`;
}

/**
 * Returns lines for ip, run on the host, that attach a server: further ports on its links' bridges, in our group, so
 * that they are removed with the host network. They vanish with the server's namespace.
 */
export function plugServerLines({ nics }: ServerPlan, pid: number): readonly string[] {
  return nics.flatMap(({ name, hostEnd, group, bridge, mtu }) => [
    `link add name ${hostEnd} mtu ${mtu} group ${group} master ${bridge} type veth peer name ${name} mtu ${mtu} netns ${pid}`,
    noLearningLine(hostEnd),
  ]);
}
