import { describe, expect, it } from "vitest";
import { formatPhases } from "../../src/host/format.ts";
import { plannedNames } from "../../src/host/model/ownership.ts";
import { bareHost, smallFabric } from "./network.ts";
import { bridge, startPhases } from "./start-phases.ts";

const devices = [
  "ikhb",
  "ikib1",
  "iksb12",
  "iksb13",
  "ikeb1-3",
  "ikeb2-3",
  "bripmi",
  "ikhn",
  "ikht",
  "ikin1",
  "ikit1",
  "ikst12",
  "iklt11",
  "ikst13",
  "iklt21",
  "ikls1-3",
  "ikvm1-3-1",
  "ikls2-3",
  "ikvm1-3-2",
  "ikipmi",
];
describe("starting on a bare host", () => {
  it("runs one batch that creates, one program that disables IPv6, and one batch that brings devices up", () => {
    expect(formatPhases(startPhases(bareHost))).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
link add ikhb address 00:22:22:dd:ee:1d mtu 9000 group 26988 arp on ${bridge}
link set dev ikhb alias ikvswitch:/var/lib/ikvswitch:/run/ikvswitch
link add ikib1 address 00:22:22:dd:ee:1e mtu 9000 group 26987 arp off ${bridge}
link add iksb12 address 00:22:22:dd:ee:1f mtu 9000 group 26987 arp off ${bridge}
link add iksb13 address 00:22:22:dd:ee:20 mtu 9000 group 26987 arp off ${bridge}
link add ikeb1-3 address 00:22:22:dd:ee:21 mtu 9000 group 26987 arp off ${bridge}
link add ikeb2-3 address 00:22:22:dd:ee:22 mtu 9000 group 26987 arp off ${bridge}
link add bripmi address 00:22:22:dd:ee:23 mtu 1500 group 26988 arp on ${bridge}
link set dev bripmi alias ikvswitch:/var/lib/ikvswitch:/run/ikvswitch
tuntap add dev ikht mode tap user ikvswitch
link set dev ikht address 00:22:22:dd:ee:11 mtu 9000 group 26987 master ikhb
link set dev ikht type bridge_slave learning off
tuntap add dev ikin1 mode tap user ikvswitch
link set dev ikin1 address 00:22:22:dd:ee:12 mtu 9000 group 26987 master ikib1
link set dev ikin1 type bridge_slave learning off
tuntap add dev ikit1 mode tap user ikvswitch
link set dev ikit1 address 00:22:22:dd:ee:13 mtu 9000 group 26987 master ikib1
link set dev ikit1 type bridge_slave learning off
tuntap add dev ikst12 mode tap user ikvswitch
link set dev ikst12 address 00:22:22:dd:ee:14 mtu 9000 group 26987 master iksb12
link set dev ikst12 type bridge_slave learning off
tuntap add dev iklt11 mode tap user ikvswitch
link set dev iklt11 address 00:22:22:dd:ee:15 mtu 9000 group 26987 master iksb12
link set dev iklt11 type bridge_slave learning off
tuntap add dev ikst13 mode tap user ikvswitch
link set dev ikst13 address 00:22:22:dd:ee:16 mtu 9000 group 26987 master iksb13
link set dev ikst13 type bridge_slave learning off
tuntap add dev iklt21 mode tap user ikvswitch
link set dev iklt21 address 00:22:22:dd:ee:17 mtu 9000 group 26987 master iksb13
link set dev iklt21 type bridge_slave learning off
tuntap add dev ikls1-3 mode tap user ikvswitch
link set dev ikls1-3 address 00:22:22:dd:ee:18 mtu 9000 group 26987 master ikeb1-3
link set dev ikls1-3 type bridge_slave learning off
tuntap add dev ikvm1-3-1 mode tap user ikvswitch
link set dev ikvm1-3-1 address 00:22:22:dd:ee:19 mtu 9000 group 26987 master ikeb1-3
link set dev ikvm1-3-1 type bridge_slave learning off
tuntap add dev ikls2-3 mode tap user ikvswitch
link set dev ikls2-3 address 00:22:22:dd:ee:1a mtu 9000 group 26987 master ikeb2-3
link set dev ikls2-3 type bridge_slave learning off
tuntap add dev ikvm1-3-2 mode tap user ikvswitch
link set dev ikvm1-3-2 address 00:22:22:dd:ee:1b mtu 9000 group 26987 master ikeb2-3
link set dev ikvm1-3-2 type bridge_slave learning off
tuntap add dev ikipmi mode tap user ikvswitch
link set dev ikipmi address 00:22:22:dd:ee:1c mtu 1500 group 26987 master bripmi
link set dev ikipmi type bridge_slave learning off
END
modprobe --quiet dummy numdummies=0 || true
ip -batch - <<'END'
link add ikhn address 00:22:22:dd:ee:10 mtu 9000 group 26987 type dummy
END
# or, if the kernel does not support that:
# modprobe --quiet ifb numifbs=0 || true
# ip -batch - <<'END'
# link add ikhn address 00:22:22:dd:ee:10 mtu 9000 group 26987 type ifb
# END
# or, if the kernel does not support that:
# ip -batch - <<'END'
# tuntap add dev ikhn mode tap user ikvswitch
# link set dev ikhn address 00:22:22:dd:ee:10 mtu 9000 group 26987 master ikhb
# link set dev ikhn type bridge_slave learning off
# END
iptables-restore --noflush --wait=10 <<'END'
*nat
-A POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2
COMMIT
*raw
-A PREROUTING ! -s 192.168.96.0/19 -i ikhb -m comment --comment ikvswitch -j DROP
-A PREROUTING -d 192.168.200.0/24 -i ikhb -m comment --comment ikvswitch -j DROP
COMMIT
*mangle
-A FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -m comment --comment ikvswitch -j DROP
-A INPUT -i ikhb -p tcp -m tcp --dport 5980:5983 -m comment --comment ikvswitch -j DROP
COMMIT
END

# Disable IPv6 on the links
tee -- ${devices.map((name) => `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`).join(" ")} <<'END'
1
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set dev ikhn master ikhb
link set dev ikhn type bridge_slave learning off
link set group 26987 up
link set group 26988 up
addr add 192.168.96.1/24 dev ikhb
addr add 192.168.200.1/24 dev bripmi
route add 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1 proto 107
END

# Enable forwarding
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv4/conf/ikhb/forwarding`);
  });

  it("does not touch IPv6 if the kernel has none", () => {
    expect(formatPhases(startPhases({ ...bareHost, ipv6: false }))).not.toContain("ipv6");
  });

  it("configures network managers before they see a device", () => {
    const phases = startPhases({
      ...bareHost,
      managers: ["NetworkManager", "systemd-networkd", "systemd-udevd"],
    });
    // Full names, since a pattern would match devices of others.
    const names = [...plannedNames(smallFabric)].sort();
    expect(names).toContain("ikeb1-3");
    expect(formatPhases(phases.slice(0, 2))).toBe(`# Exclude devices from network managers
install -D -m 644 /dev/stdin /run/NetworkManager/conf.d/ikvswitch.conf <<'END'
# Made by ikvswitch, which removes it when the host network is stopped.
[device-ikvswitch]
match-device=${names.map((name) => `interface-name:${name}`).join(",")}
managed=0
END
install -D -m 644 /dev/stdin /run/systemd/network/05-ikvswitch.network <<'END'
# Made by ikvswitch, which removes it when the host network is stopped.
[Match]
Name=${names.join(" ")}

[Link]
Unmanaged=yes
END
install -D -m 644 /dev/stdin /run/systemd/network/05-ikvswitch.link <<'END'
# Made by ikvswitch, which removes it when the host network is stopped.
[Match]
OriginalName=${names.join(" ")}

[Link]
NamePolicy=keep
MACAddressPolicy=none
END

# Reload network managers
nmcli general reload conf || true
networkctl reload || true
udevadm control --reload || true`);
  });
});
