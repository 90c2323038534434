import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildImage, createFabricSite, type FabricSite } from "../fabric-site.ts";
import { addNetwork, type OutsideNetwork, serveDhcp } from "../outside-networks.ts";

//   lan ── br0 ──┐
//   far ── nic0 ─┤ host ── internet ── spine1 ── leaf1, leaf2
//
// Machines whose internet router has a port outside: a macvtap, which QEMU gets as an open file, then a tap in a bridge.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=3"];
const FIXED = ["UPLINK_ADDRESS=10.78.0.9/24", "UPLINK_GATEWAY=10.78.0.1"];
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
let lan: OutsideNetwork;
let far: OutsideNetwork;
let pids: Readonly<Record<string, number>>;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await site.host.shell(`
    ip link add br0 type bridge
    echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6
    ip link set br0 up`);
  [lan, far] = await Promise.all([
    addNetwork(site.host, { nic: "lan0", address: "10.77.0.1/24", beyond: "198.51.100.2" }),
    addNetwork(site.host, { nic: "nic0", address: "10.78.0.1/24", beyond: "198.51.100.3" }),
  ]);
  await site.host.run("ip", ["link", "set", "lan0", "master", "br0"]);
  await serveDhcp(lan, "10.77.0");
}, UP_TIMEOUT_MS);

afterAll(async () => {
  await site.close();
  await Promise.all([lan, far].map(({ router }) => router.close()));
}, UP_TIMEOUT_MS);

/** Brings the fabric to this way out, checks it against the plan, and pings beyond the router outside from a leaf. */
async function change(beyond: string, sets: readonly string[]): Promise<void> {
  const words = sets.flatMap((set) => ["--set", set]);
  await site.ikvswitch(["up", ...words]);
  await site.ikvswitch(["check", "--wait", "60s", ...words]);
  await site.inside("leaf1", "ping", "-n", "-c", "1", "-W", "5", beyond);
}

describe("the way out of a fabric of machines", () => {
  it(
    "is a macvtap on the host's NIC",
    async () => {
      await change(far.beyond, ["UPLINK=macvtap:nic0", ...FIXED]);
      pids = await site.pids();
    },
    UP_TIMEOUT_MS,
  );

  it("is there again after the internet router's restart", async () => {
    await site.ikvswitch(["node", "restart", "internet"]);
    await site.ikvswitch([
      "check",
      "--wait",
      "60s",
      ...["UPLINK=macvtap:nic0", ...FIXED].flatMap((set) => ["--set", set]),
    ]);
  });

  it(
    "is a tap in the host's bridge, with an address by DHCP, after a restart of the internet router alone",
    async () => {
      await change(lan.beyond, ["UPLINK=bridge:br0"]);
      const now = await site.pids();
      expect(Object.keys(pids).filter((name) => now[name] !== pids[name])).toEqual(["internet"]);
    },
    UP_TIMEOUT_MS,
  );

  it("leaves nothing of it on the host after `down`", async () => {
    await site.ikvswitch(["down"]);
    expect((await site.host.run("ip", ["-br", "link"])).stdout).not.toContain("ikut");
  });
});
