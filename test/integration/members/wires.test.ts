import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memberParts } from "../../../src/fabric/member-part.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { describeDrift } from "../../../src/host/drift.ts";
import { type ConnectedMember, connectMembers, disconnectMembers } from "../../../src/hosts/connect.ts";
import { memberNetworkStatus, startMemberNetworks, stopMemberNetworks } from "../../../src/hosts/network.ts";
import { checkUnderlay } from "../../../src/hosts/underlay.ts";
import { configFrom } from "../../fabric/config.ts";
import { patiently } from "../../patience.ts";
import { createNamespace, type Namespace, projectPath } from "../namespace.ts";
import { createUnderlay, devicesOf, type Underlay } from "./underlay.ts";

// A fabric whose first rack is on alpha, and so on. Its link of spine1 (alpha) and leaf3 (beta) is the one under test:
//
//     spine1 eth0 ── ikst14 ── iksb14 ── ikx4101 … VXLAN 4101 … ikx4101 ── iksb14 ── iklt31 ── eth0 leaf3

const NAMES = ["alpha", "beta", "gamma"];
const SIZE = ["NUM_U=3", "HOSTS='alpha=10.0.0.1 beta=10.0.0.2 gamma=10.0.0.3'"];
const FABRIC = planFabric(configFrom(...SIZE));
const OTHER = planFabric(
  configFrom(
    ...SIZE,
    "RUN_DIR=/run/ikvswitch/fabrics/other",
    "STATE_DIR=/var/lib/ikvswitch/fabrics/other",
    "INTERFACE_PREFIX=ot",
    "HOST_IPMI_BRIDGE_NAME=otbr",
    "HOST_IPMI_IP=192.168.201.1",
    "HOST_VIRTUAL_SUBNET_START_PREFIX=10.64",
  ),
);
const RUNNING = FABRIC.nodes.map(({ name }) => name);

let underlay: Underlay;
/** The fabrics' members. */
let members: readonly ConnectedMember[] = [];
let others: readonly ConnectedMember[] = [];
/** What hangs at switches' ends of links, by tap. */
const plugged = new Map<string, Namespace>();

beforeAll(async () => {
  underlay = await createUnderlay(NAMES);
  members = await connectMembers(underlay.operator, FABRIC, underlay);
  others = await connectMembers(underlay.operator, OTHER, underlay);
});

afterAll(async () => {
  await Promise.all([...plugged.values()].map((namespace) => namespace.close()));
  await disconnectMembers(members);
  await underlay?.close();
});

function namespaceOf(name: string): Namespace {
  const namespace = underlay.members.get(name) ?? plugged.get(name);
  if (namespace === undefined) {
    throw new Error(`no namespace ${name}`);
  }
  return namespace;
}

function settings(fabric: readonly ConnectedMember[]) {
  const stateDir = fabric === others ? "/var/lib/ikvswitch/fabrics/other" : "/var/lib/ikvswitch";
  return { stateDir, dnsServers: [], running: RUNNING };
}

/** Starts the network on all members, and returns what was changed on each. */
async function start(fabric: readonly ConnectedMember[]): Promise<Record<string, readonly string[]>> {
  const results = await startMemberNetworks(fabric, settings(fabric));
  return Object.fromEntries(
    Object.entries(results).map(([name, { changes }]) => [
      name,
      changes.flatMap(describeDrift).map(({ item }) => item),
    ]),
  );
}

const NOTHING = { alpha: [], beta: [], gamma: [] };

/** Attaches a namespace to a switch's end of a link, as the container of a switch is. */
async function plug(fabric: Fabric, member: string, tap: string, address: string): Promise<void> {
  const part = memberParts(fabric).find((each) => each.member.name === member);
  const link = part?.fabric.links.find(({ interfaces }) => interfaces.some(({ name }) => name === tap));
  const end = link?.interfaces.find(({ name }) => name === tap);
  const namespace = await createNamespace();
  plugged.set(tap, namespace);
  await namespaceOf(member).shell(`
    ip link add ${tap} address ${end?.mac} mtu ${end?.mtu} group ${fabric.host.mark.linkGroup} master ${link?.bridge.name} \\
      type veth peer name eth0 mtu ${end?.mtu} netns ${namespace.pid}
    ip link set dev ${tap} type bridge_slave learning off
    echo 1 >/proc/sys/net/ipv6/conf/${tap}/disable_ipv6
    ip link set ${tap} up`);
  await namespace.shell(`ip address add ${address} dev eth0; ip link set eth0 up`);
}

/** Sends one packet of the links' full size, which must not be fragmented on the way. */
async function pings(from: string, address: string): Promise<boolean> {
  const words = ["-M", "do", "-s", "8972", "-c", "1", "-W", String(patiently(2_000) / 1000), address];
  return (await namespaceOf(from).run("ping", words, { exitCodes: [0, 1] })).exitCode === 0;
}

const FRAMES = projectPath("test/integration/members/frames.py");

/** Returns the kinds of test frame that reach any of the receivers. */
async function frames(
  from: string,
  to: string,
  seconds = patiently(20_000) / 1000,
): Promise<readonly string[]> {
  const receiver = namespaceOf(to).start("python3", [FRAMES, "receive", String(seconds)]);
  await new Promise<void>((resolve) => {
    receiver.watch((text) => text.includes("ready") && resolve());
  });
  await namespaceOf(from).run("python3", [FRAMES, "send"]);
  const { stdout } = await receiver.output;
  return stdout.trim().split("\n").slice(1).sort();
}

async function drift(): Promise<readonly string[]> {
  const all = await memberNetworkStatus(members, settings(members));
  return Object.entries(all).flatMap(([name, { drift }]) =>
    drift.map(({ item, observed }) => `${name}: ${item}: ${observed}`),
  );
}

describe("a fabric on three hosts", () => {
  it("is made by one start on each, and a second one finds nothing to do", async () => {
    expect(await start(members)).toMatchObject({ beta: expect.arrayContaining(["device ikx4101v"]) });
    expect(await start(members)).toEqual(NOTHING);
    expect(await devicesOf(namespaceOf("gamma"))).toEqual(
      expect.arrayContaining(["iksb16", "ikx4103", "ikx4103p", "ikx4103v", "ikeb5-3", "ikvm3-3-1"]),
    );
    // The host's own link, its route and its rules are where the internet router is.
    expect(await devicesOf(namespaceOf("alpha"))).toContain("ikhb");
    expect(await devicesOf(namespaceOf("beta"))).not.toContain("ikhb");
    const { stdout } = await namespaceOf("beta").run("ip", ["route", "show"]);
    expect(stdout).not.toContain("192.168.96.0");
  });

  it("passes full-size packets between hosts whose network takes 1500 bytes", async () => {
    await plug(FABRIC, "alpha", "ikst14", "172.31.0.1/24");
    await plug(FABRIC, "beta", "iklt31", "172.31.0.2/24");
    expect(await pings("ikst14", "172.31.0.2")).toBe(true);
    expect(await pings("iklt31", "172.31.0.1")).toBe(true);
  });

  it("passes every frame that a bridge forwards: LLDP, BPDUs, 802.1Q and QinQ too", async () => {
    const passing = ["broadcast", "lldp", "qinq", "stp", "unicast", "vlan"];
    expect(await frames("ikst14", "iklt31")).toEqual(passing);
    expect(await frames("iklt31", "ikst14")).toEqual(passing);
  });

  it("does not meet another fabric on the same hosts", async () => {
    await start(others);
    const cut = memberParts(OTHER)[0]?.fabric.links.find(({ bridge }) => bridge.name === "otsb14")?.cut;
    expect(cut?.vni).not.toBe(4101);
    await plug(OTHER, "alpha", "otst14", "172.31.0.1/24");
    await plug(OTHER, "beta", "otlt31", "172.31.0.3/24");
    expect(await pings("otst14", "172.31.0.3")).toBe(true);
    expect(await pings("ikst14", "172.31.0.3")).toBe(false);
    expect(await frames("otst14", "iklt31", 0.5)).toEqual([]);
    expect(await frames("ikst14", "otlt31", 0.5)).toEqual([]);
    expect(await start(members)).toEqual(NOTHING);
  });

  it("is repaired after damage of every kind, in one start", async () => {
    const damages: readonly (readonly [string, string, string])[] = [
      ["beta", "ip link del ikx4101v", "device ikx4101v: missing"],
      ["alpha", "ip link set ikx4101p down", "device ikx4101p: state: down"],
      ["alpha", "ip link del ikx4102", "device ikx4102p: missing"],
      ["alpha", "tc filter del dev ikx4103p ingress", "frames from ikx4103p: do not"],
      ["gamma", "tc qdisc del dev ikx4103v ingress", "frames from ikx4103v: do not"],
      ["gamma", "ip link set ikx4104 nomaster", "device ikx4104: bridge: none"],
      ["beta", "ip link set ikx4105v mtu 1450", "device ikx4105v: mtu: 1450"],
      ["beta", "ip link del iksb23", "device iksb23: missing"],
      [
        "alpha",
        "ip link del ikx4104v; ip link add ikx4104v group 26987 type vxlan id 4104 local 10.0.0.1 remote 10.0.0.9 dstport 14789",
        "device ikx4104v: tunnel: VNI 4104 from 10.0.0.1 to 10.0.0.9, UDP port 14789",
      ],
    ];
    for (const [member, command] of damages) {
      await namespaceOf(member).shell(command);
    }
    expect(await pings("ikst14", "172.31.0.2")).toBe(false);
    const found = await drift();
    for (const [member, , seen] of damages) {
      expect(found).toContainEqual(expect.stringContaining(`${member}: ${seen}`));
    }
    await start(members);
    expect(await start(members)).toEqual(NOTHING);
    expect(await pings("ikst14", "172.31.0.2")).toBe(true);
  });

  it("is refused where another device has its VNI, and says which and where", async () => {
    const moved = planFabric(configFrom(...SIZE, "PLACE=rack1=gamma"));
    await namespaceOf("gamma").shell("ip link add foreign type vxlan id 4099 remote 10.0.0.9 dstport 14789");
    const start = startMemberNetworks(
      await connectMembers(underlay.operator, moved, underlay),
      settings(members),
    );
    await expect(start).rejects.toThrow("gamma: VNI 4099 on UDP port 14789 is in use by foreign");
    await namespaceOf("gamma").shell("ip link del foreign");
  });

  it("follows a rack that moves to another host, and leaves nothing where it was", async () => {
    const moved = planFabric(configFrom(...SIZE, "PLACE=rack3=beta"));
    await start(await connectMembers(underlay.operator, moved, underlay));
    expect(await devicesOf(namespaceOf("gamma"))).toEqual(["eth0", "lo", ...otherDevices("gamma")].sort());
    await start(members);
    expect(await pings("ikst14", "172.31.0.2")).toBe(true);
  });

  it("leaves nothing on any host once it is stopped", async () => {
    for (const fabric of [members, others]) {
      await stopMemberNetworks(fabric, settings(fabric));
    }
    for (const name of NAMES) {
      expect(await devicesOf(namespaceOf(name))).toEqual(["eth0", "lo"]);
      const { stdout } = await namespaceOf(name).shell(
        "nft list ruleset; find /var/lib -type f; tc qdisc show",
      );
      expect(stdout.split("\n").filter((line) => line !== "" && !line.startsWith("qdisc noqueue"))).toEqual(
        [],
      );
    }
  });
});

describe("the network between the hosts", () => {
  it("is reported where it takes no full-size packets, with the size that it takes", async () => {
    expect(await checkUnderlay(members)).toEqual(
      ["alpha to beta", "alpha to gamma", "beta to gamma"].map((path) =>
        expect.stringContaining(`packets of 9054 bytes from ${path} are fragmented (MTU 1500)`),
      ),
    );
  });

  it("is an error where it does not lead from one host to another", async () => {
    await namespaceOf("alpha").shell("ip route add blackhole 10.0.0.3");
    await expect(checkUnderlay(members)).rejects.toThrow("alpha (10.0.0.1) does not reach gamma (10.0.0.3)");
    await namespaceOf("alpha").shell("ip route del blackhole 10.0.0.3");
  });
});

/** Returns the names of the other fabric's devices on a member. */
function otherDevices(member: string): readonly string[] {
  const part = memberParts(OTHER).find((each) => each.member.name === member);
  const links = part?.fabric.links ?? [];
  return links.flatMap(({ bridge, interfaces, cut }) => [
    bridge.name,
    ...interfaces.filter(({ end }) => end.kind !== "node").map(({ name }) => name),
    ...(cut === undefined ? [] : [cut.port, cut.patch, cut.tunnel]),
  ]);
}
