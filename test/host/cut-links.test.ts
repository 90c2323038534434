import { describe, expect, it } from "vitest";
import { memberParts } from "../../src/fabric/member-part.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import type { Change } from "../../src/host/changes.ts";
import { changePhases } from "../../src/host/commands.ts";
import { findConflicts } from "../../src/host/conflicts.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { formatPhases } from "../../src/host/format.ts";
import type { ObservedNetwork, ObservedVxlan } from "../../src/host/model/observed.ts";
import { parseRedirects } from "../../src/host/observe-redirects.ts";
import { removalPhases } from "../../src/host/removal.ts";
import { Address } from "../../src/net/address.ts";
import { configFrom } from "../fabric/config.ts";
import { bareHost, builtHost, ethernet, withDevice, withoutDevices } from "./network.ts";
import { bridge } from "./start-phases.ts";

/** Rack 1 on beta; the internet router and spine 1 on alpha. */
const whole = planFabric(
  configFrom(
    "NUM_RACKS=1",
    "NUM_SPINES=1",
    "NUM_U=3",
    "HOSTS='alpha=10.0.0.1 beta=10.0.0.2'",
    "PLACE=rack1=beta",
  ),
);

function partOf(name: string): Fabric {
  const part = memberParts(whole).find(({ member }) => member.name === name);
  return part?.fabric ?? whole;
}

const PORTS = { kind: "veth", running: [] } as const;

function changes(fabric: Fabric, observed: ObservedNetwork): readonly Change[] {
  return diffNetwork(
    fabric,
    desiredNetwork(fabric, observed, { snatAddress: "", switchPorts: PORTS }),
    observed,
  );
}

function built(fabric: Fabric): ObservedNetwork {
  const all = builtHost(fabric);
  const taps = fabric.links.flatMap(({ interfaces }) => interfaces.filter(({ end }) => end.kind === "node"));
  return withoutDevices(all, ...taps.map(({ name }) => name));
}

describe("a host with a rack of the fabric, and neither spines nor the internet router", () => {
  const beta = partOf("beta");

  it("has no route to the fabric, no rule about the host, and its links' other ends by VXLAN", () => {
    const observed = { ...bareHost, ipv6: false };
    expect(
      formatPhases(changePhases(beta, changes(beta, observed), false)),
    ).toBe(`# Create devices and firewall rules
ip -batch - <<'END'
link add iksb12 address 00:22:22:dd:ee:1f mtu 9000 group 26987 arp off ${bridge}
link add iksb13 address 00:22:22:dd:ee:20 mtu 9000 group 26987 arp off ${bridge}
link add ikeb1-3 address 00:22:22:dd:ee:21 mtu 9000 group 26987 arp off ${bridge}
link add ikeb2-3 address 00:22:22:dd:ee:22 mtu 9000 group 26987 arp off ${bridge}
tuntap add dev ikvm1-3-1 mode tap user root
link set dev ikvm1-3-1 address 00:22:22:dd:ee:19 mtu 9000 group 26987 master ikeb1-3
link set dev ikvm1-3-1 type bridge_slave learning off
tuntap add dev ikvm1-3-2 mode tap user root
link set dev ikvm1-3-2 address 00:22:22:dd:ee:1b mtu 9000 group 26987 master ikeb2-3
link set dev ikvm1-3-2 type bridge_slave learning off
link add name ikx4098 address 02:00:00:00:10:02 mtu 9000 group 26987 master iksb12 type veth peer name ikx4098p address 06:00:00:00:10:02 mtu 9000 group 26987
link set dev ikx4098 type bridge_slave learning off
link add name ikx4098v address 0a:00:00:00:10:02 mtu 9000 group 26987 type vxlan id 4098 local 10.0.0.2 remote 10.0.0.1 dstport 14789 nolearning
link add name ikx4099 address 02:00:00:00:10:03 mtu 9000 group 26987 master iksb13 type veth peer name ikx4099p address 06:00:00:00:10:03 mtu 9000 group 26987
link set dev ikx4099 type bridge_slave learning off
link add name ikx4099v address 0a:00:00:00:10:03 mtu 9000 group 26987 type vxlan id 4099 local 10.0.0.2 remote 10.0.0.1 dstport 14789 nolearning
END

# Lead links to other hosts
tc -batch - <<'END'
qdisc add dev ikx4098p ingress
filter add dev ikx4098p ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ikx4098v
qdisc add dev ikx4098v ingress
filter add dev ikx4098v ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ikx4098p
qdisc add dev ikx4099p ingress
filter add dev ikx4099p ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ikx4099v
qdisc add dev ikx4099v ingress
filter add dev ikx4099v ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ikx4099p
END

# Bring devices up, set addresses and route
ip -batch - <<'END'
link set group 26987 up
END`);
  });

  it("needs no change once it is so", () => {
    expect(changes(beta, built(beta))).toEqual([]);
  });

  it("may have networks of its own that overlap the fabric's", () => {
    const own = { ...ethernet, addresses: [whole.host.address] };
    expect(findConflicts(beta, { ...bareHost, devices: [own] })).toEqual([]);
    expect(findConflicts(partOf("alpha"), { ...bareHost, devices: [own] })).not.toEqual([]);
  });
});

describe("a link between hosts", () => {
  const beta = partOf("beta");
  const observed = built(beta);
  const kinds = (found: ObservedNetwork) =>
    changes(beta, found).map((change) =>
      change.kind === "set-redirect"
        ? `${change.kind} ${change.redirect.from}${change.replace ? ", replace" : ""}`
        : `${change.kind} ${"device" in change ? (typeof change.device === "string" ? change.device : change.device.name) : "name" in change ? change.name : ""}`,
    );

  it("is led to the other host again when its tunnel was removed", () => {
    const damaged = withoutDevices(observed, "ikx4098v");
    const redirects = observed.redirects
      .filter(({ from }) => from !== "ikx4098v")
      .map((each) => (each.from === "ikx4098p" ? { ...each, to: null } : each));
    expect(kinds({ ...damaged, redirects })).toEqual([
      "add-device ikx4098v",
      "set-redirect ikx4098p, replace",
      "set-redirect ikx4098v",
    ]);
  });

  it("gets a new tunnel when that one leads elsewhere, and both redirects with it", () => {
    const vxlan = {
      vni: 4098,
      local: Address.from("10.0.0.2"),
      remote: Address.from("10.0.0.9"),
      udpPort: 14789,
    };
    expect(kinds(withDevice(observed, "ikx4098v", { vxlan }))).toEqual([
      "replace-device ikx4098v",
      "set-redirect ikx4098p, replace",
      "set-redirect ikx4098v",
    ]);
  });

  it("gets a new pair when one end of it is in another namespace", () => {
    const damaged = withoutDevices(withDevice(observed, "ikx4098", { peer: null }), "ikx4098p");
    const redirects = observed.redirects.filter(({ from }) => from !== "ikx4098p");
    expect(kinds({ ...damaged, redirects })).toEqual([
      "replace-device ikx4098",
      "add-device ikx4098p",
      "set-redirect ikx4098p",
      "set-redirect ikx4098v, replace",
    ]);
  });

  it("that is planned no more is removed, its pair by one of its ends", () => {
    const moved = { ...beta, links: beta.links.filter(({ bridge: { name } }) => name !== "iksb12") };
    const found = diffNetwork(
      moved,
      desiredNetwork(moved, observed, { snatAddress: "", switchPorts: PORTS }),
      observed,
    );
    expect(found).toEqual([
      { kind: "remove-device", name: "iksb12" },
      { kind: "remove-device", name: "ikx4098" },
      { kind: "remove-device", name: "ikx4098v" },
    ]);
  });

  it("that a failed start made is removed again, its pair by one of its ends", () => {
    const before = withoutDevices(observed, "ikx4098", "ikx4098p", "ikx4098v");
    expect(formatPhases(removalPhases(beta, observed, before))).toBe(`# Remove routes, addresses and devices
ip -batch - <<'END'
link del dev ikx4098
link del dev ikx4098v
END`);
  });

  it("can't have a VNI that another device has on the same port", () => {
    const vxlan = {
      vni: 4098,
      local: Address.from("10.9.9.1"),
      remote: Address.from("10.9.9.2"),
      udpPort: 14789,
    };
    const other = { ...ethernet, index: 77, name: "vx0", kind: "vxlan", addresses: [] };
    const conflicts = (use: Partial<ObservedVxlan>) =>
      findConflicts(beta, { ...bareHost, devices: [ethernet, { ...other, vxlan: { ...vxlan, ...use } }] });
    expect(conflicts({}).map(({ what }) => what)).toEqual(["VNI 4098 on UDP port 14789 is in use by vx0"]);
    expect(conflicts({ local: null, remote: null })).toHaveLength(1);
    expect(conflicts({ udpPort: 4789 })).toEqual([]);
  });
});

describe("what happens to frames that arrive at a device", () => {
  // As iproute2 6.1 prints it.
  const filter = (action: object) =>
    JSON.stringify([
      { protocol: "all", pref: 1, kind: "u32", chain: 0 },
      { protocol: "all", pref: 1, kind: "u32", chain: 0, options: { fh: "800:", ht_divisor: 1 } },
      {
        ...{ protocol: "all", pref: 1, kind: "u32", chain: 0 },
        options: {
          ...{ fh: "800::800", order: 2048, key_ht: "800", bkt: "0", not_in_hw: true },
          match: { value: "0", mask: "0", offmask: "", off: 0 },
          actions: [
            {
              order: 1,
              kind: "mirred",
              mirred_action: "redirect",
              direction: "egress",
              to_dev: "vx",
              ...action,
            },
          ],
        },
      },
    ]);
  const QDISCS = JSON.stringify([
    { kind: "noqueue", handle: "0:", dev: "a", root: true, options: {} },
    { kind: "ingress", handle: "ffff:", dev: "a", parent: "ffff:fff1", options: {} },
  ]);

  it.each([
    [filter({}), "vx"],
    [filter({ mirred_action: "mirror" }), null],
    [filter({ direction: "ingress" }), null],
    ["[]", null],
  ])("is read from tc: %s", (filters, to) => {
    expect(parseRedirects(["a", "b"], [QDISCS, filters, "[]"])).toEqual([
      { from: "a", to, hasIngress: true },
      { from: "b", to: null, hasIngress: false },
    ]);
  });
});
