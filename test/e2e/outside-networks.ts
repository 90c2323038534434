import { createNamespace, type Namespace } from "../integration/namespace.ts";

/** A network outside of a test's host, with one router. */
export interface OutsideNetwork {
  readonly router: Namespace;
  /** An address beyond the router. */
  readonly beyond: string;
}

/** Makes a network behind an interface of the host: a port of the bridge, or a NIC of its own. */
export async function addNetwork(
  host: Namespace,
  { nic, address, beyond }: { readonly nic: string; readonly address: string; readonly beyond: string },
): Promise<OutsideNetwork> {
  const router = await createNamespace();
  await host.shell(`
    ip link add ${nic} type veth peer name eth0 netns ${router.pid}
    echo 1 > /proc/sys/net/ipv6/conf/${nic}/disable_ipv6
    ip link set ${nic} up`);
  await router.shell(`
    ip address add ${address} dev eth0
    ip address add ${beyond}/32 dev lo
    ip link set eth0 up`);
  return { router, beyond };
}

/** Starts a DHCP server on the router: a pool of one address. */
export async function serveDhcp({ router }: OutsideNetwork, network: string): Promise<void> {
  const config = {
    Dhcp4: {
      "interfaces-config": { interfaces: ["eth0"] },
      "lease-database": { type: "memfile", persist: false },
      subnet4: [
        {
          id: 1,
          subnet: `${network}.0/24`,
          pools: [{ pool: `${network}.100 - ${network}.100` }],
          "option-data": [{ name: "routers", data: `${network}.1` }],
        },
      ],
    },
  };
  await router.shell(
    "mkdir -p /run/kea /run/lock/kea && cat >/run/kea.json && { setsid kea-dhcp4 -c /run/kea.json >/run/kea.log 2>&1 & }",
    { input: JSON.stringify(config) },
  );
}

/** Starts FRR on a router outside: a BGP session with this neighbor, whose routes the kernel gets. */
export async function speakBgp(
  router: Namespace,
  {
    asn,
    neighbor,
    neighborAs,
  }: { readonly asn: number; readonly neighbor: string; readonly neighborAs: number },
): Promise<void> {
  await router.shell(
    `mkdir /run/frr && chown frr:frr /run/frr && cat >/run/frr/frr.conf
    for daemon in zebra bgpd; do
      /usr/lib/frr/$daemon -d -f /run/frr/frr.conf -i /run/frr/$daemon.pid -z /run/frr/zserv.api --vty_socket /run/frr
    done`,
    {
      input: `router bgp ${asn}
 no bgp ebgp-requires-policy
 neighbor ${neighbor} remote-as ${neighborAs}
 neighbor ${neighbor} ebgp-multihop 2
 neighbor ${neighbor} passive
 neighbor ${neighbor} timers connect 1
 address-family ipv4 unicast
  network 0.0.0.0/0
  neighbor ${neighbor} activate
  neighbor ${neighbor} default-originate
 exit-address-family
exit
`,
    },
  );
}
