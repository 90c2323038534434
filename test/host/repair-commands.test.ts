import { describe, expect, it } from "vitest";
import { changePhases } from "../../src/host/commands.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { formatPhases } from "../../src/host/format.ts";
import { Address } from "../../src/net/address.ts";
import { Mac } from "../../src/net/mac.ts";
import { builtHost, SETTINGS, smallFabric, withDevice, withoutDevices } from "./network.ts";
import { bridge, startPhases } from "./start-phases.ts";

describe("starting on a host with a network", () => {
  it("changes nothing if all is as planned", () => {
    expect(startPhases(builtHost(smallFabric))).toEqual([]);
  });

  it("creates a deleted tap again, and nothing else", () => {
    const observed = withoutDevices(builtHost(smallFabric), "ikvm1-3-1");
    expect(formatPhases(startPhases(observed))).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
tuntap add dev ikvm1-3-1 mode tap user ikvswitch
link set dev ikvm1-3-1 address 00:22:22:dd:ee:19 mtu 9000 group 26987 master ikeb1-3
link set dev ikvm1-3-1 type bridge_slave learning off
END

# Disable IPv6 on the links
tee -- /proc/sys/net/ipv6/conf/ikvm1-3-1/disable_ipv6 <<'END'
1
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set group 26987 up
END`);
  });

  it("completes a tap that was created but not yet moved to the group", () => {
    const observed = withDevice(builtHost(smallFabric), "ikls1-3", {
      group: 0,
      mac: Mac.from("7e:92:e9:30:48:ab"),
      mtu: 1500,
      master: null,
      up: false,
    });
    expect(
      formatPhases(startPhases({ ...observed, ipv6Devices: ["ikls1-3"] })),
    ).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
link set dev ikls1-3 address 00:22:22:dd:ee:18 mtu 9000 group 26987 master ikeb1-3
link set dev ikls1-3 type bridge_slave learning off
END

# Disable IPv6 on the links
tee -- /proc/sys/net/ipv6/conf/ikls1-3/disable_ipv6 <<'END'
1
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set group 26987 up
END`);
  });

  it("changes a bridge's settings in place, so that its ports stay attached", () => {
    const observed = withDevice(builtHost(smallFabric), "ikeb1-3", {
      mtu: 1500,
      arp: true,
      bridge: { stp: true, forwardDelayCs: 1500, multicastSnooping: true, groupForwardMask: 0 },
    });
    expect(formatPhases(startPhases(observed))).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
link set dev ikeb1-3 mtu 9000 arp off
link set dev ikeb1-3 type bridge stp_state 0
link set dev ikeb1-3 ${bridge}
END`);
  });

  it("recreates the host's own interface if its MAC is wrong, since not every kind of device accepts another MAC", () => {
    const observed = withDevice(builtHost(smallFabric), "ikhn", { mac: Mac.from("7e:92:e9:30:48:ab") });
    const [removal, creation] = startPhases(observed);
    expect(formatPhases([removal ?? fail()])).toContain("link del dev ikhn");
    expect(formatPhases([creation ?? fail()])).toContain("link add ikhn address 00:22:22:dd:ee:10");
  });

  it("replaces a bridge that is a device of another kind, with its ports, addresses and routes", () => {
    const observed = withDevice(builtHost(smallFabric), "ikhb", { kind: "veth", bridge: null });
    expect(formatPhases(startPhases(observed))).toBe(`# Remove unplanned items
ip -batch - <<'END'
link del dev ikhb
END

# Create devices and firewall rules
ip -batch - <<'END'
link add ikhb address 00:22:22:dd:ee:1d mtu 9000 group 26988 arp on ${bridge}
link set dev ikhb alias ikvswitch:/var/lib/ikvswitch:/run/ikvswitch
link set dev ikhn master ikhb
link set dev ikhn type bridge_slave learning off
link set dev ikht master ikhb
link set dev ikht type bridge_slave learning off
END

# Disable IPv6 on the links
tee -- /proc/sys/net/ipv6/conf/ikhb/disable_ipv6 <<'END'
1
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set group 26988 up
addr add 192.168.96.1/24 dev ikhb
route add 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1 proto 107
END

# Enable forwarding
echo 1 > /proc/sys/net/ipv4/conf/ikhb/forwarding`);
  });

  it("replaces the SNAT rule if the host's address changed", () => {
    const observed = { ...builtHost(smallFabric), uplinkAddress: Address.from("203.0.113.77") };
    const changes = diffNetwork(
      smallFabric,
      desiredNetwork(smallFabric, observed, { ...SETTINGS, snatAddress: "203.0.113.77" }),
      observed,
    );
    expect(formatPhases(changePhases(smallFabric, changes, true))).toBe(`# Create devices and firewall rules
iptables-restore --noflush --wait=10 <<'END'
*nat
-D POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2
-A POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.77
COMMIT
END`);
  });
});

function fail(): never {
  throw new Error("the plan lacks that device");
}
