import { pollUntil } from "../../../src/system/poll.ts";
import type { Namespace } from "../../integration/namespace.ts";
import { patiently } from "../../patience.ts";

/**
 * Starts FRR in the namespace as on production servers: an unnumbered session.
 * @param announced addresses, which are also those of the loopback.
 * @param vlan of the session; null: untagged.
 */
export async function startBgp(
  server: Namespace,
  asn: number,
  announced: readonly [ipv4: string, ipv6: string],
  vlan: number | null = 10,
): Promise<void> {
  const [ipv4, ipv6] = announced;
  const port = vlan === null ? "eth0" : `eth0.${vlan}`;
  const conf = `frr defaults datacenter
router bgp ${asn}
 bgp router-id ${ipv4}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${port} interface remote-as external
 address-family ipv4 unicast
  network ${ipv4}/32
 exit-address-family
 address-family ipv6 unicast
  neighbor ${port} activate
  network ${ipv6}/128
 exit-address-family
`;
  const script = `
    ip address add ${ipv4}/32 dev lo
    ip address add ${ipv6}/128 dev lo nodad
    ${vlan === null ? "" : `ip link add link eth0 name ${port} type vlan id ${vlan}`}
    ip link set ${port} up
    mkdir /run/frr /run/conf
    : >/run/conf/zebra.conf
    cat >/run/conf/bgpd.conf
    chown -R frr:frr /run/frr /run/conf
    # Daemons keep what they were started with open, and whoever waits for its end.
    exec >/run/frr/start.log 2>&1
    [ ! -x /usr/lib/frr/mgmtd ] || /usr/lib/frr/mgmtd -d
    /usr/lib/frr/zebra -d -f /run/conf/zebra.conf
    /usr/lib/frr/bgpd -d -f /run/conf/bgpd.conf`;
  await server.shell(script, { input: conf });
}

/** Waits until the server's only session carries routes. */
export async function untilEstablished(server: Namespace): Promise<void> {
  await pollUntil(
    { what: "the server's session", timeoutMs: patiently(30_000), intervalMs: 1_000 },
    async () => {
      const { stdout } = await server.run("vtysh", ["-c", "show bgp ipv4 unicast summary json"], {
        exitCodes: [0, 1],
      });
      return /"state": *"Established"/.test(stdout)
        ? { done: true, value: undefined }
        : { done: false, seen: stdout };
    },
  );
}
