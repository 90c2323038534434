import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite } from "../fabric-site.ts";
import { untilNeighborsAreSeen } from "../lldp-neighbors.ts";
import { shippedConfig } from "../shipped-config.ts";
import { backendTests } from "./suites/both-backends.ts";
import { pxeTests } from "./suites/pxe.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6
//
// The shipped fabric as nine virtual machines, which takes minutes if these are emulated. fabric.test.ts has the tests
// that do not depend on the number of switches. Emulated processors run late at times while tests use the host, hence
// the longer BFD interval.

const fabric = planFabric(shippedConfig());
const leaves = fabric.nodes.filter((node) => node.role === "leaf");
const SETS = ["BFD_INTERVAL_MS=1000"];
const UP_TIMEOUT_MS = 10 * 60_000;

let site: FabricSite;
let before: HostState;
let table: string;

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  before = await captureState(site.host);
  table = (await site.ikvswitch(["up"])).stdout;
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

async function nextHops(node: string, prefix: string): Promise<readonly string[]> {
  const routes = JSON.parse(await site.inside(node, "ip", "-j", "route", "show", prefix));
  return routes.flatMap((route: { nexthops?: { dev: string }[]; dev?: string }) =>
    route.nexthops === undefined ? [route.dev] : route.nexthops.map(({ dev }) => dev),
  );
}

describe("a fabric of nine virtual machines", () => {
  it("is up when `up` returns: nine switches, all sessions, and the commands to try next", () => {
    for (const node of fabric.nodes) {
      expect(table).toContain(node.name);
      expect(table).toContain(String(node.loopback));
    }
    expect(table).toContain("ikvswitch ssh leaf1");
  });

  it("reaches every loopback from every switch", async () => {
    const loopbacks = fabric.nodes.map(({ loopback }) => loopback);
    const script = `for a in ${loopbacks.join(" ")}; do ping -n -c 1 -W 5 -q $a >/dev/null || echo $a; done`;
    const silent: string[] = [];
    // One after another: if nine emulated switches start programs at once, their BFD packets are late.
    for (const { name } of fabric.nodes) {
      const output = await site.inside(name, "sh", "-c", script);
      silent.push(...output.split("\n").flatMap((line) => (line === "" ? [] : [`${name}: ${line}`])));
    }
    expect(silent).toEqual([]);
  });

  it("has a path over each spine between racks, and one over each leaf's uplink", async () => {
    expect(await nextHops("leaf1", "192.168.98.6")).toEqual(expect.arrayContaining(["ens4", "ens5"]));
    expect(await nextHops("internet", "192.168.98.6")).toEqual(expect.arrayContaining(["ens5", "ens6"]));
    expect(await nextHops("leaf6", "default")).toEqual(expect.arrayContaining(["ens4", "ens5"]));
  });

  it("lets a switch log in to another by name, and by link-local address", async () => {
    const ssh = ["ssh", "-o", "BatchMode=yes"];
    expect(await site.inside("spine1", ...ssh, "leaf3", "hostname")).toBe("leaf3\n");
    expect(await site.inside("spine2", ...ssh, "fe80::a00:27ff:fe06:ac52%ens7", "hostname")).toBe("leaf3\n");
    expect(await site.inside("spine2", "ping", "-c", "1", "fe80::a00:27ff:fe06:ac52%ens7")).toContain(
      " 0% packet loss",
    );
  });

  it("has every switch see its planned neighbors by LLDP", () => untilNeighborsAreSeen(site, fabric));

  it("renders files that each daemon's own checker accepts", async () => {
    const checks = leaves.map(async ({ name, dhcp }) => {
      await site.inside(name, "vtysh", "-C", "-f", "/etc/frr/frr.conf");
      await site.inside(name, "/usr/sbin/sshd", "-t");
      if (dhcp !== null) {
        await site.inside(name, "kea-dhcp4", "-t", "/etc/kea/kea-dhcp4.conf");
      }
    });
    await Promise.all(checks);
  });
});

const shared = { site: () => site, fabric, sets: SETS };
backendTests(shared, "1 next hop: ens5");
pxeTests(shared, { rack: 3, position: 3, firmwares: ["pcbios", "efi"] });

describe("`down` of nine virtual machines", () => {
  it("leaves nothing behind", async () => {
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
    expect((await site.host.run("sh", ["-c", "ls -A /run"])).stdout).not.toContain("ikvswitch");
  });
});
