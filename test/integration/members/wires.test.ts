import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MemberPart, memberParts } from "../../../src/fabric/member-part.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { type StartResult, startHostNetwork } from "../../../src/host/start.ts";
import { hostNetworkStatus } from "../../../src/host/status.ts";
import { stopHostNetwork } from "../../../src/host/stop.ts";
import { Address } from "../../../src/net/address.ts";
import type { RemoteHost } from "../../../src/system/remote/remote-host.ts";
import { configFrom } from "../../fabric/config.ts";
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
const PORTS = { kind: "veth", running: FABRIC.nodes.map(({ name }) => name) } as const;

let underlay: Underlay;
const hosts = new Map<string, RemoteHost>();
/** What hangs at switches' ends of links, by tap. */
const plugged = new Map<string, Namespace>();

beforeAll(async () => {
  underlay = await createUnderlay(NAMES);
  for (const { member } of memberParts(FABRIC)) {
    hosts.set(member.name, underlay.reach(member));
  }
});

afterAll(async () => {
  await Promise.all([...plugged.values()].map((namespace) => namespace.close()));
  await underlay?.close();
});

function hostOf(name: string): RemoteHost {
  const host = hosts.get(name);
  if (host === undefined) {
    throw new Error(`no host ${name}`);
  }
  return host;
}

function namespaceOf(name: string): Namespace {
  const namespace = underlay.members.get(name) ?? plugged.get(name);
  if (namespace === undefined) {
    throw new Error(`no namespace ${name}`);
  }
  return namespace;
}

function settings(fabric: Fabric) {
  const stateDir = fabric === OTHER ? "/var/lib/ikvswitch/fabrics/other" : "/var/lib/ikvswitch";
  return { stateDir, dnsServers: [], switchPorts: PORTS };
}

function eachMember<T>(
  fabric: Fabric,
  work: (host: RemoteHost, part: MemberPart) => Promise<T>,
): Promise<T[]> {
  return Promise.all(memberParts(fabric).map((part) => work(hostOf(part.member.name), part)));
}

function start(fabric: Fabric): Promise<StartResult[]> {
  return eachMember(fabric, (host, part) => startHostNetwork(host, part.fabric, settings(fabric)));
}

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
  const words = ["-M", "do", "-s", "8972", "-c", "1", "-W", "2", address];
  return (await namespaceOf(from).run("ping", words, { exitCodes: [0, 1] })).exitCode === 0;
}

const FRAMES = projectPath("test/integration/members/frames.py");

/** Returns the kinds of test frame that reach any of the receivers. */
async function frames(from: string, to: string, seconds = 1): Promise<readonly string[]> {
  const receiver = namespaceOf(to).start("python3", [FRAMES, "receive", String(seconds)]);
  await new Promise<void>((resolve) => {
    receiver.watch((text) => text.includes("ready") && resolve());
  });
  await namespaceOf(from).run("python3", [FRAMES, "send"]);
  const { stdout } = await receiver.output;
  return stdout.trim().split("\n").slice(1).sort();
}

async function drift(fabric: Fabric): Promise<readonly string[]> {
  const all = await eachMember(fabric, async (host, { member, fabric: part }) => {
    const { drift } = await hostNetworkStatus(host, part, settings(fabric), PORTS);
    return drift.map(({ item, observed }) => `${member.name}: ${item}: ${observed}`);
  });
  // Only two links have their switches.
  return all.flat().filter((line) => !/device (ik|ot)\S+: missing$/.test(line) || line.includes("ikx"));
}

describe("a fabric on three hosts", () => {
  it("is made by one start on each, and a second one finds nothing to do", async () => {
    await start(FABRIC);
    expect((await start(FABRIC)).map(({ changes }) => changes)).toEqual([[], [], []]);
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
    await start(OTHER);
    const cut = memberParts(OTHER)[0]?.fabric.links.find(({ bridge }) => bridge.name === "otsb14")?.cut;
    expect(cut?.vni).not.toBe(4101);
    await plug(OTHER, "alpha", "otst14", "172.31.0.1/24");
    await plug(OTHER, "beta", "otlt31", "172.31.0.3/24");
    expect(await pings("otst14", "172.31.0.3")).toBe(true);
    expect(await pings("ikst14", "172.31.0.3")).toBe(false);
    expect(await frames("otst14", "iklt31", 0.5)).toEqual([]);
    expect(await frames("ikst14", "otlt31", 0.5)).toEqual([]);
    expect((await start(FABRIC)).map(({ changes }) => changes)).toEqual([[], [], []]);
  });

  it.each([
    ["beta", "ip link del ikx4101v", "device ikx4101v: missing"],
    ["alpha", "ip link del ikx4101", "device ikx4101p: missing"],
    ["alpha", "tc filter del dev ikx4101p ingress", "frames from ikx4101p: do not"],
    ["beta", "tc qdisc del dev ikx4101v ingress", "frames from ikx4101v: do not"],
    ["beta", "ip link set ikx4101 nomaster", "device ikx4101: bridge: none"],
    ["alpha", "ip link set ikx4101p down", "device ikx4101p: state: down"],
    ["alpha", "ip link set ikx4101v mtu 1450", "device ikx4101v: mtu: 1450"],
    ["beta", "ip link del iksb14", "device iksb14: missing"],
    [
      "alpha",
      "ip link del ikx4101v; ip link add ikx4101v group 26987 type vxlan id 4101 local 10.0.0.1 remote 10.0.0.3 dstport 14789",
      "device ikx4101v: tunnel: VNI 4101 from 10.0.0.1 to 10.0.0.3, UDP port 14789",
    ],
  ])("is repaired after damage on %s: %s", async (member, damage, seen) => {
    await namespaceOf(member).shell(damage);
    expect(await drift(FABRIC)).toContainEqual(expect.stringContaining(`${member}: ${seen}`));
    await start(FABRIC);
    expect(await drift(FABRIC)).toEqual([]);
    // A bridge that was removed lost the switch's end, which its switch makes.
    await namespaceOf("beta").shell(
      "ip link set iklt31 master iksb14; ip link set dev iklt31 type bridge_slave learning off",
    );
    expect(await pings("ikst14", "172.31.0.2")).toBe(true);
    expect((await start(FABRIC)).map(({ changes }) => changes)).toEqual([[], [], []]);
  });

  it("is refused where another device has its VNI", async () => {
    const moved = planFabric(configFrom(...SIZE, "PLACE=rack1=gamma"));
    await namespaceOf("gamma").shell("ip link add others type vxlan id 4099 remote 10.0.0.9 dstport 14789");
    const part = memberParts(moved).find(({ member }) => member.name === "gamma");
    await expect(startHostNetwork(hostOf("gamma"), part?.fabric ?? moved, settings(FABRIC))).rejects.toThrow(
      "VNI 4099 on UDP port 14789 is in use by others",
    );
    await namespaceOf("gamma").shell("ip link del others");
  });

  it("follows a rack that moves to another host", async () => {
    const moved = planFabric(configFrom(...SIZE, "PLACE=rack3=beta"));
    await start(moved);
    expect(await devicesOf(namespaceOf("gamma"))).toEqual(["eth0", "lo", ...otherDevices("gamma")].sort());
    await start(FABRIC);
    expect(await drift(FABRIC)).toEqual([]);
  });

  it("leaves nothing on any host once it is stopped", async () => {
    for (const fabric of [FABRIC, OTHER]) {
      await eachMember(fabric, (host, part) => stopHostNetwork(host, part.fabric, settings(fabric)));
    }
    for (const name of NAMES) {
      expect(await devicesOf(namespaceOf(name))).toEqual(["eth0", "lo"]);
      const { stdout } = await namespaceOf(name).shell(
        "nft list ruleset; tc qdisc show; find /var/lib -type f",
      );
      expect(stdout.trim().split("\n")).toEqual([
        "qdisc noqueue 0: dev lo root refcnt 2 ",
        expect.stringContaining("eth0"),
      ]);
    }
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

describe("a host that can't be reached", () => {
  it("is named, with the address and the remedy", async () => {
    const nobody = underlay.reach({ name: "delta", address: Address.from("10.0.0.9"), login: "root" });
    await expect(nobody.run({ file: "true", args: [] })).rejects.toThrow(
      /no ssh to root@10\.0\.0\.9: .*No route to host\n.*delta.*\n.*HOSTS/,
    );
  });

  it("tells how to authorize the key", async () => {
    const { member } = memberParts(FABRIC)[0] ?? { member: undefined };
    const refused = underlay.reach(
      member ?? { name: "", address: Address.from("10.0.0.1"), login: "root" },
      "other",
    );
    await expect(refused.run({ file: "true", args: [] })).rejects.toThrow(
      "ssh-copy-id -f -i /run/ssh-test/other.pub root@10.0.0.1",
    );
  });

  it("does not hang a call for longer than its limit", async () => {
    await expect(hostOf("alpha").run({ file: "sleep", args: ["60"] }, { timeoutMs: 500 })).rejects.toThrow(
      "alpha: sleep 60",
    );
  });
});
