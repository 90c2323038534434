import { describe, expect, it } from "vitest";
import { formatPhases } from "../../src/host/format.ts";
import { removalPhases } from "../../src/host/removal.ts";
import { bareHost, builtHost, openFirewall, smallFabric, withDevice, withoutDevices } from "./network.ts";

describe("stopping", () => {
  it("removes the whole group at once, and exactly ikvswitch's rules", () => {
    expect(
      formatPhases(removalPhases(smallFabric, builtHost(smallFabric))),
    ).toBe(`# Remove routes, addresses and devices
ip -batch - <<'END'
link del group 26987
link del group 26988
END

# Remove firewall rules
iptables-restore --noflush --wait=10 <<'END'
*nat
-D POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2
COMMIT
*raw
-D PREROUTING ! -s 192.168.96.0/19 -i ikhb -m comment --comment ikvswitch -j DROP
-D PREROUTING -d 192.168.200.0/24 -i ikhb -m comment --comment ikvswitch -j DROP
COMMIT
*mangle
-D FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -m comment --comment ikvswitch -j DROP
-D INPUT -i ikhb -p tcp -m tcp --dport 5980:5983 -m comment --comment ikvswitch -j DROP
COMMIT
END`);
  });

  it("removes an incomplete tap by its name, since it is not in the group yet", () => {
    const tap = {
      ...(builtHost(smallFabric).devices.find(({ name }) => name === "ikls1-3") ?? fail()),
      group: 0,
    };
    const observed = { ...bareHost, devices: [...bareHost.devices, tap] };
    expect(formatPhases(removalPhases(smallFabric, observed))).toBe(`# Remove routes, addresses and devices
ip -batch - <<'END'
link del dev ikls1-3
END`);
  });

  it("does nothing on a bare host", () => {
    expect(removalPhases(smallFabric, bareHost)).toEqual([]);
  });

  it("removes ikvswitch's own table as a whole if only nft is installed", () => {
    const own = {
      family: "ip",
      table: "ikvswitch",
      name: "postrouting",
      hook: "postrouting",
      policy: "accept",
      locked: false,
    } as const;
    const firewall = { ...openFirewall, iptables: null };
    const built = builtHost(smallFabric, { ...bareHost, firewall });
    const nft = built.firewall.nft && { ...built.firewall.nft, chains: [own] };
    expect(
      formatPhases(removalPhases(smallFabric, { ...bareHost, firewall: { iptables: null, nft } })),
    ).toBe(`# Remove firewall rules
nft -f - <<'END'
delete table ip ikvswitch
END`);
  });
});

describe("undoing a start that failed", () => {
  it("removes devices and rules that were added since, and no others", () => {
    const built = builtHost(smallFabric);
    const before = { ...withoutDevices(built, "ikvm1-3-1"), firewall: bareHost.firewall };
    expect(
      formatPhases(removalPhases(smallFabric, built, before)),
    ).toBe(`# Remove routes, addresses and devices
ip -batch - <<'END'
link del dev ikvm1-3-1
END

# Remove firewall rules
iptables-restore --noflush --wait=10 <<'END'
*nat
-D POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source 203.0.113.2
COMMIT
*raw
-D PREROUTING ! -s 192.168.96.0/19 -i ikhb -m comment --comment ikvswitch -j DROP
-D PREROUTING -d 192.168.200.0/24 -i ikhb -m comment --comment ikvswitch -j DROP
COMMIT
*mangle
-D FORWARD -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -m comment --comment ikvswitch -j DROP
-D INPUT -i ikhb -p tcp -m tcp --dport 5980:5983 -m comment --comment ikvswitch -j DROP
COMMIT
END`);
  });

  it("removes an address and a route that were added since from a bridge that existed before", () => {
    const built = builtHost(smallFabric);
    const before = { ...withDevice(built, "ikhb", { addresses: [] }), routes: bareHost.routes };
    expect(
      formatPhases(removalPhases(smallFabric, built, before)),
    ).toBe(`# Remove routes, addresses and devices
ip -batch - <<'END'
route del 192.168.96.0/19 via 192.168.96.2 dev ikhb table 254 proto 107
addr del 192.168.96.1/24 dev ikhb
END`);
  });

  it("does nothing if nothing was added", () => {
    const built = builtHost(smallFabric);
    expect(removalPhases(smallFabric, built, built)).toEqual([]);
  });
});

function fail(): never {
  throw new Error("the plan lacks that device");
}
