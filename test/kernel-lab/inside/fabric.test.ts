import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LeasesReport } from "../../../src/leases/report.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { createFabricSite, type FabricSite } from "../../e2e/fabric-site.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import type { Namespace } from "../../integration/namespace.ts";
import { ping } from "../../integration/traffic.ts";
import { patiently } from "../../patience.ts";
import { startBgp, untilEstablished } from "./server.ts";

//   spine1  spine2                 one rack, on a kernel with all features that a fabric can use
//     │ ╲  ╱ │
//   leaf1  leaf2
//     │      ╲ ╲
//   server    a  b                 rack 1: server at U3 on leaf1; a at U3 and b at U4 on leaf2

const SETTINGS = ["BACKEND=netns", "NUM_RACKS=1", "NUM_U=4"];
const SERVICE = "192.168.100.50";
/** The first three groups of IPv6 addresses, by HOST_VIRTUAL_SUBNET6. */
const V6 = "fd69:6b76:7377";
const SERVICE6 = `${V6}:e::1:3`;
/** The slowest hosts take a minute for an answer of a switch, which may take a quarter of this. */
const CHECK = ["check", "--wait", "600s"];
const CHECK_TIMEOUT_MS = 700_000;

let site: FabricSite;
let before: HostState;
let leases: LeasesReport["leases"];

beforeAll(async () => {
  site = await createFabricSite(SETTINGS);
  // As Docker sets it up: bridged frames pass the firewall, which drops forwarded packets.
  await site.host.shell("iptables -P FORWARD DROP; ip6tables -P FORWARD DROP");
  before = await captureState(site.host);
  await site.ikvswitch(["up", "--timeout", "900"]);
});

afterAll(() => site.close());

/** Returns the leases as soon as every DHCP server answers. */
const servedLeases = () =>
  pollUntil({ what: "DHCP servers", timeoutMs: patiently(60_000), intervalMs: 1_000 }, async () => {
    const { leases: found, unknown } = (await site.json(["leases"])) as LeasesReport;
    return unknown.length === 0
      ? { done: true, value: found }
      : { done: false, seen: JSON.stringify(unknown) };
  });

interface BridgeLink {
  readonly linkinfo: { readonly info_data: { readonly fdb_max_learned?: number } };
}

const content = async (path: string) => (await site.host.run("cat", [path])).stdout.trim();

describe("a fabric on Debian's kernel", () => {
  it(
    "is as planned, VLANs and DHCP included, even if bridged frames pass a firewall that drops them",
    async () => {
      expect(await content("/proc/sys/net/bridge/bridge-nf-call-iptables")).toBe("1");
      const { stdout } = await site.ikvswitch(CHECK);
      expect(stdout).not.toContain("802.1Q");
      expect(stdout).toMatch(/^dhcp +[1-9]\d* +0 +0$/m);
      expect(stdout).toMatch(/^vlan +[1-9]\d* +0 +0$/m);
    },
    CHECK_TIMEOUT_MS,
  );

  it("has a dummy device for the host's own end, and stays unchanged when started again", async () => {
    const { stdout } = await site.host.shell("ip -br link show type dummy | cut -d' ' -f1 | sort");
    expect(stdout).toBe("ikhn\n");
    expect((await site.ikvswitch(["net", "start"])).stdout).toContain("already as planned");
  });

  it("limits the MACs that a leaf's bridges learn, if kernel and iproute2 support it", async () => {
    const { stdout } = await site.ikvswitch([
      "exec",
      "leaf1",
      "ip",
      "-d",
      "-j",
      "link",
      "show",
      "type",
      "bridge",
    ]);
    const limits = JSON.parse(stdout).map(({ linkinfo }: BridgeLink) => linkinfo.info_data.fdb_max_learned);
    // An older kernel accepts the setting without effect.
    const probe = "ip link add probe0 type bridge fdb_max_learned 1 && ip -d link show probe0";
    const shown = await site.host.run("unshare", ["--net", "sh", "-c", probe], { exitCodes: [0, 1, 2, 255] });
    expect(limits).toEqual([shown.stdout.includes("fdb_max_learned") ? 8192 : undefined]);
  });

  describe("with a server on leaf1", () => {
    let server: Namespace;

    beforeAll(async () => {
      server = await site.plugIntoTap("ikvm1-3-1", "192.0.2.1/32");
    });

    it("gives it a lease from the leaf's DHCP network", async () => {
      await server.shell(`
        printf '#!/bin/sh\\n[ "$reason" = BOUND ] && env >/run/lease; exit 0\\n' >/run/programs/report
        chmod +x /run/programs/report
        dhclient -4 -1 -sf /run/programs/report -lf /run/leases -pf /run/dhclient.pid eth0`);
      const lease = (await server.run("cat", ["/run/lease"])).stdout;
      expect(lease).toMatch(/^new_ip_address=192\.168\.110\.\d+$/m);
      expect(lease).toMatch(/^new_routers=192\.168\.110\.1$/m);
    });

    it("keeps its lease when the leaf is killed and started", async () => {
      leases = await servedLeases();
      expect(leases).toEqual([expect.objectContaining({ leaf: "leaf1", state: "active" })]);
      await site.host.shell("read -r pid _ </run/ikvswitch/nodes/leaf1/pid && kill -KILL $pid");
      await site.ikvswitch(["node", "start", "leaf1"]);
      expect(await servedLeases()).toEqual(leases);
    });

    it("advertises the leaf as IPv6 router, and gives it a lease by DHCPv6", async () => {
      await server.shell(`
        until ip -6 address show dev eth0 scope global | grep -q ${V6}:a1:; do sleep 0.1; done
        ip -6 route show default | grep -q 'dev eth0 proto ra'
        dhclient -6 -1 -sf /bin/true -lf /run/leases6 -pf /run/dhclient6.pid eth0`);
      const { leases: found } = (await site.json(["leases"])) as LeasesReport;
      const [lease] = found.filter(({ address }) => address.startsWith(`${V6}:a1::`));
      expect(lease).toMatchObject({ leaf: "leaf1", state: "active", mac: leases[0]?.mac });
      await ping(server, `${V6}:f::1`);
    });

    it("has a BGP session with it over VLAN 10, and the host reaches the addresses that it announces", async () => {
      // FRR prefers the default route that was advertised on the untagged port to its own.
      await server.shell(`
        echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra_defrtr
        ip -6 route del default dev eth0`);
      await startBgp(server, 4_200_010_003, [SERVICE, SERVICE6]);
      await untilEstablished(server);
      await ping(site.host, SERVICE);
      await ping(site.host, SERVICE6);
      for (const family of ["-4", "-6"]) {
        expect((await server.run("ip", [family, "route", "show", "default"])).stdout).toContain(
          "dev eth0.10",
        );
      }
    });
  });

  it("forwards a planned layer 2 VLAN between servers on leaf2, and no other", async () => {
    const a = await site.plugIntoTap("ikvm1-3-2", "192.0.2.2/32");
    const b = await site.plugIntoTap("ikvm1-4-2", "192.0.2.3/32");
    for (const [machine, host] of [
      [a, 11],
      [b, 12],
    ] as const) {
      await machine.shell(`
        ip link add link eth0 name eth0.11 up type vlan id 11
        ip address add 192.168.113.${host}/24 dev eth0.11
        ip link add link eth0 name eth0.16 up type vlan id 16
        ip address add 198.51.100.${host}/24 dev eth0.16
        ip address add 203.0.113.${host}/24 dev eth0`);
    }
    await ping(a, "192.168.113.12");
    await ping(a, "192.168.113.1");
    await ping(b, "192.168.113.1");
    for (const machine of [a, b]) {
      await machine.shell(`
        until ip -6 address show dev eth0.11 scope global | grep -q ${V6}:11:; do sleep 0.1; done`);
      await ping(machine, `${V6}:11::1`);
    }
    for (const elsewhere of ["198.51.100.12", "203.0.113.12"]) {
      await a.shell(`! ping -n -q -c 5 -i 0.2 -W 1 ${elsewhere}`);
    }
  });
});

describe("faults on Debian's kernel", () => {
  const PROBES = 60;
  const SPINE1_LINK_LOCAL = "fe80::a00:27ff:fe06:ac22";

  /** Pings over the link between spine1 and leaf1, independent of routes. */
  async function probe(): Promise<{ readonly lost: number; readonly bestMs: number }> {
    const words = ["-n", "-q", "-c", `${PROBES}`, "-i", "0.05", "-W", "2", `${SPINE1_LINK_LOCAL}%ens4`];
    const { stdout } = await site.ikvswitch(["exec", "leaf1", "ping", ...words], [0, 1]);
    const received = Number(/(\d+) received/.exec(stdout)?.[1]);
    return { lost: PROBES - received, bestMs: Number(/= ([\d.]+)\//.exec(stdout)?.[1] ?? "Infinity") };
  }

  it("delay a link's frames by the configured time in each direction, until they are cleared", async () => {
    const healthy = await probe();
    expect(healthy.lost).toBe(0);
    await site.ikvswitch(["link", "impair", "spine1", "leaf1", "--delay", "40ms"]);
    expect((await probe()).bestMs - healthy.bestMs).toBeGreaterThanOrEqual(75);
    await site.ikvswitch(["link", "up", "spine1", "leaf1"]);
    expect((await probe()).bestMs).toBeLessThan(40);
  });

  it("drop the configured share of a link's frames in each direction", async () => {
    await site.ikvswitch(["link", "impair", "spine1", "leaf1", "--loss", "30%"]);
    // Half of the pings return (0.7 squared): 31 of 60 are lost, within five standard deviations.
    const { lost } = await probe();
    expect(lost).toBeGreaterThanOrEqual(11);
    expect(lost).toBeLessThanOrEqual(50);
    await site.ikvswitch(["link", "up", "spine1", "leaf1"]);
  });

  it("leave no trace on a link that was set down and up again", async () => {
    await site.ikvswitch(["link", "down", "spine1", "leaf1"]);
    await site.ikvswitch(["check"], [4]);
    await site.ikvswitch(["link", "up", "spine1", "leaf1"]);
    await site.ikvswitch(CHECK);
  });
});

describe("the end of a fabric on Debian's kernel", () => {
  it("leaves the host as it was", async () => {
    await site.unplug();
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
  });

  it("is not the end of leases: the next one has them", async () => {
    await site.ikvswitch(["up", "--timeout", "900"]);
    expect(await servedLeases()).toEqual(leases);
  });
});
