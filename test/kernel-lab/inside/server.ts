import { pollUntil } from "../../../src/system/poll.ts";
import type { Namespace } from "../../integration/namespace.ts";
import { patiently } from "../../patience.ts";

/** Starts FRR in the namespace as on production servers: an unnumbered session over VLAN 10. */
export async function startBgp(server: Namespace, asn: number, announced: string): Promise<void> {
  const conf = `frr defaults datacenter
router bgp ${asn}
 bgp router-id ${announced}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor eth0.10 interface remote-as external
 address-family ipv4 unicast
  network ${announced}/32
 exit-address-family
`;
  const script = `
    ip address add ${announced}/32 dev lo
    ip link add link eth0 name eth0.10 type vlan id 10
    ip link set eth0.10 up
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
