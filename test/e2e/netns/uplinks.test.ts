import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { untaggedFabric } from "../../../src/fabric/untagged.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { configFrom } from "../../fabric/config.ts";
import { HOST_ADDRESS, type Namespace, OUTSIDE_ADDRESS } from "../../integration/namespace.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { addNetwork, type OutsideNetwork, serveDhcp, speakBgp } from "../outside-networks.ts";
import { type AttackServer, exitCode, startServers } from "./hostile-servers.ts";

//   outside ── up0 ─┐
//   lan ── br0 ─────┤ host ── internet ── spine1 ── leaf1 … leaf4 ── a server in rack 1
//   far ── nic0 ────┘
//
// One fabric is changed from each kind of way out to the next. The switches that this does not concern keep running, and
// so do their sessions.

const SIZE = ["NUM_SPINES=1", "NUM_U=3", "NUM_RACKS=2"];
const ROUTED = [`MY_IP=${HOST_ADDRESS}`, "UPLINK_BGP_NEIGHBOR=203.0.113.1", "UPLINK_BGP_AS=64999"];
const FIXED = ["UPLINK_ADDRESS=10.78.0.9/24", "UPLINK_GATEWAY=10.78.0.1", "UPLINK_MTU=1400", "UPLINK_NAT=no"];

const TIMEOUT_MS = 120_000;

let site: NetnsSite;
let lan: OutsideNetwork;
let far: OutsideNetwork;
let server: AttackServer;
let other: AttackServer;
let address: string;
let pids: Readonly<Record<string, number>>;
let established: number;

beforeAll(async () => {
  site = await createNetnsSite(SIZE);
  await site.host.shell(`
    ip link add br0 type bridge
    echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6
    ip link set br0 up`);
  [lan, far] = await Promise.all([
    addNetwork(site.host, { nic: "lan0", address: "10.77.0.1/24", beyond: "198.51.100.2" }),
    addNetwork(site.host, { nic: "nic0", address: "10.78.0.1/24", beyond: "198.51.100.3" }),
  ]);
  await site.host.run("ip", ["link", "set", "lan0", "master", "br0"]);
  await Promise.all([
    serveDhcp(lan, "10.77.0"),
    speakBgp(site.outside, { asn: 64999, neighbor: HOST_ADDRESS, neighborAs: 65500 }),
  ]);
  await site.ikvswitch(["up"]);
  const { vlans } = (await site.json(["status"])) as { readonly vlans: boolean };
  const planned = planFabric(configFrom(...SIZE));
  const fabric = vlans ? planned : untaggedFabric(planned);
  [server, other] = await startServers(site, fabric, fabric.serverAccess.vlan);
  address = String(server.plan.address);
  pids = await site.pids();
  await pollUntil({ what: "the server's way to the host", timeoutMs: 30_000, intervalMs: 500 }, async () =>
    (await serverReaches("192.168.96.1")) === "yes"
      ? { done: true, value: undefined }
      : { done: false, seen: "no answer" },
  );
  established = await establishedSince();
}, TIMEOUT_MS);

afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
  await site.close();
  await Promise.all([lan, far].map(({ router }) => router.close()));
}, TIMEOUT_MS);

/** Changes the way out with `up`, and checks the fabric against the plan. */
async function change(...sets: readonly string[]): Promise<string> {
  const words = sets.flatMap((set) => ["--set", set]);
  const { stderr } = await site.ikvswitch(["up", ...words]);
  await site.ikvswitch(["check", "--wait", "60s", ...words]);
  return stderr;
}

/** Time at which leaf1's session with the spine was established, in seconds since the epoch. */
async function establishedSince(): Promise<number> {
  const summary = await site.inside("leaf1", "vtysh", "-c", "show bgp neighbors ens4 json");
  return JSON.parse(summary).ens4.bgpTimerUpEstablishedEpoch;
}

/** Checks that the session is the one that was established then. */
async function expectSameSession(): Promise<void> {
  // FRR computes the time from the one since then, in whole seconds.
  expect(Math.abs((await establishedSince()) - established)).toBeLessThanOrEqual(2);
}

/** Returns `yes` if the server's echo request to an address is answered. */
async function serverReaches(target: string): Promise<string> {
  return (await exitCode(server, `ping -n -c 1 -W 1 -I ${address} ${target}`)) === 0 ? "yes" : "no";
}

async function reachesServer(from: Namespace): Promise<string> {
  const words = ["-n", "-c", "1", "-W", "1", address];
  return (await from.run("ping", words, { exitCodes: [0, 1, 2] })).exitCode === 0 ? "yes" : "no";
}

async function restarted(): Promise<readonly string[]> {
  const now = await site.pids();
  return Object.keys(pids).filter((name) => now[name] !== pids[name]);
}

describe("the way out of a fabric of namespaces", () => {
  it("is by the host's address with nat, and nobody outside reaches a server", async () => {
    expect([await serverReaches(OUTSIDE_ADDRESS), await reachesServer(site.outside)]).toEqual(["yes", "no"]);
  });

  it("is both ways with routed, once the router outside has learned the route by BGP", async () => {
    const text = await change("UPLINK=routed", ...ROUTED);
    expect(text).toContain("1 updated, 5 kept");
    const route = await site.outside.run("ip", ["route", "show", "proto", "bgp"]);
    expect(route.stdout).toMatch(/^192\.168\.96\.0\/19 .*via 203\.0\.113\.2 dev down0 .*\n$/);
    expect([await serverReaches(OUTSIDE_ADDRESS), await reachesServer(site.outside)]).toEqual(["yes", "yes"]);
    const learned = await site.inside(
      "internet",
      "vtysh",
      "-c",
      "show bgp ipv4 unicast neighbors 203.0.113.1 routes",
    );
    expect(learned).not.toContain("64999");
  });

  it("prints the route that a router without BGP needs", async () => {
    const withoutBgp = ["UPLINK=routed", "UPLINK_BGP_NEIGHBOR=", "UPLINK_BGP_AS="].flatMap((set) => [
      "--set",
      set,
    ]);
    const { stdout } = await site.ikvswitch(["net", "status", ...withoutBgp], [0, 4]);
    expect(stdout).toContain("ip route add 192.168.96.0/19 via 203.0.113.2");
  });

  it("is none with isolated, though the host and the fabric reach each other", async () => {
    await change("UPLINK=isolated");
    await site.outside.run("ip", ["route", "replace", "192.168.96.0/19", "via", HOST_ADDRESS]);
    expect([await serverReaches(OUTSIDE_ADDRESS), await reachesServer(site.outside)]).toEqual(["no", "no"]);
    expect([await serverReaches("192.168.96.1"), await reachesServer(site.host)]).toEqual(["yes", "yes"]);
    expect(await restarted()).toEqual([]);
  });

  it("is by a port in the host's bridge with bridge, with an address by DHCP and NAT in the internet router", async () => {
    await change("UPLINK=bridge:br0");
    await lan.router.run("ip", ["route", "add", "192.168.96.0/19", "via", "10.77.0.100"]);
    expect([await serverReaches(lan.beyond), await reachesServer(lan.router)]).toEqual(["yes", "no"]);
    expect(await serverReaches(OUTSIDE_ADDRESS)).toBe("no");
    expect(await reachesServer(site.host)).toBe("yes");
    expect(await restarted()).toEqual(["internet"]);
  });

  it("is by a port on the host's NIC with macvtap, and both ways without NAT", async () => {
    await far.router.run("ip", ["route", "add", "192.168.96.0/19", "via", "10.78.0.9"]);
    await change("UPLINK=macvtap:nic0", ...FIXED);
    expect([await serverReaches(far.beyond), await reachesServer(far.router)]).toEqual(["yes", "yes"]);
    // It answers nobody who would log in.
    await far.router.run("timeout", ["1", "bash", "-c", "exec 3<>/dev/tcp/10.78.0.9/22"], {
      exitCodes: [124],
    });
    expect((await site.host.run("ip", ["-br", "link"])).stdout).not.toContain("ikut");
  });

  it.each([
    ["UPLINK=bridge:nic0", "nic0 is no bridge"],
    ["UPLINK=bridge:br0 UPLINK_ADDRESS=10.77.0.1/24 UPLINK_GATEWAY=10.77.0.2", "10.77.0.1 is in use"],
  ])("is refused before anything changes: %s", async (sets, problem) => {
    const words = sets.split(" ").flatMap((set) => ["--set", set]);
    const { stderr } = await site.ikvswitch(["up", ...words], [3]);
    expect(stderr).toContain(problem);
    expect(stderr).toContain("Nothing was changed.");
  });

  it("is the host's again with nat, and only the internet router was ever restarted", async () => {
    await site.ikvswitch(["up"]);
    expect([await serverReaches(OUTSIDE_ADDRESS), await serverReaches(far.beyond)]).toEqual(["yes", "no"]);
    expect(await restarted()).toEqual(["internet"]);
    await expectSameSession();
  });
});
