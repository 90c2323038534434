import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { Node } from "../../../src/fabric/types.ts";
import { serverInterface, serverPorts } from "../../../src/render/server-ports.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { OUTSIDE_ADDRESS } from "../../integration/namespace.ts";
import { patiently } from "../../patience.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { type AttackServer, exitCode, startServers } from "./hostile-servers.ts";
import { ipv6Tests } from "./suites/hostile-ipv6.ts";
import { reachTests } from "./suites/hostile-reach.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1, leaf2 ── hostile (rack 1)
//                                                 ── leaf3, leaf4 ── honest  (rack 2)
//
// One fabric of namespaces serves all attacks. Each leaves it unchanged, except for the last one, which stops a leaf.

const fabric = planFabric(shippedConfig());
/** Sends TCP segments of no connection: connection tracking calls them invalid, and NAT does not rewrite them. */
const SEND_RST = `python3 -c '
import socket, struct, sys
to = (sys.argv[1], 0)
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
for flags in (0x04, 0x00, 0x29):
    raw.sendto(struct.pack("!HHIIBBHHH", 40000, 80, 7, 0, 0x50, flags, 512, 0, 0), to)
'`;

const UP_TIMEOUT_MS = patiently(60_000);
const WAIT_MS = patiently(30_000);

let site: NetnsSite;
let vlan: number | null;
let hostile: AttackServer;
let honest: AttackServer;

beforeAll(async () => {
  site = await createNetnsSite();
  await site.ikvswitch(["up"]);
  const { vlans } = (await site.json(["status"])) as { readonly vlans: boolean };
  vlan = vlans ? fabric.serverAccess.vlan : null;
  [hostile, honest] = await startServers(site, fabric, vlan);
  await until("both servers to reach each other", async () => {
    const codes = await Promise.all([
      exitCode(hostile, `ping -n -c 1 -W 1 ${honest.plan.address}`),
      exitCode(honest, `ping -n -c 1 -W 1 ${hostile.plan.address}`),
    ]);
    return codes.every((code) => code === 0);
  });
}, 2 * UP_TIMEOUT_MS);

afterAll(async () => {
  await Promise.all([hostile?.stop(), honest?.stop()]);
  await site?.close();
}, UP_TIMEOUT_MS);

describe("routes that a hostile server announces", () => {
  it("are refused if they are a default route or cover the fabric's own addresses", async () => {
    const refused = [
      ...["0.0.0.0/0", "192.0.0.0/8", "192.168.96.0/19", "192.168.96.0/20"],
      ...[`${loopbackOf("leaf3")}/32`, fabric.loopbackPrefix, "192.168.98.0/25", "192.168.98.128/25"],
      ...["192.168.96.1/32", "192.168.110.0/25", "192.168.110.1/32", "192.168.110.30/32", "192.168.113.0/25"],
    ];
    await hostile.bgp(...refused.map((prefix) => `network ${prefix}`), "network 192.168.121.7/32");
    const taken = [`${hostile.plan.address}/32`, "192.168.121.7/32"];
    await untilEqual("leaf1 takes the server's own", taken.sort(), () => heardBy("leaf1"));
    await hostile.bgp(...refused.map((prefix) => `no network ${prefix}`), "no network 192.168.121.7/32");
  });
});

ipv6Tests(() => ({ site, hostile, honest, leaf1Port: portTo("leaf1") }), fabric);

describe("packets of a hostile server with a spoofed source", () => {
  it.each([
    ["a switch's loopback", loopbackOf("leaf3")],
    ["its own leaf's loopback", loopbackOf("leaf1")],
    ["the host's address", "192.168.96.1"],
    ["an address outside of the fabric", "198.51.100.77"],
    ["an address that nobody announces", "192.168.122.9"],
  ])("are dropped: %s", async (_, source) => {
    expect(await delivered(source)).toBe(0);
  });

  it("are dropped: another server's address", async () => {
    // The honest server announces this address but does not have it: its kernel drops packets from its own addresses.
    await honest.bgp("network 192.168.121.9/32");
    await until("leaf1 to know the way to it", async () =>
      (await site.inside("leaf1", "ip", "route", "show", "192.168.121.9")).includes("192.168.121.9"),
    );
    expect(await delivered("192.168.121.9")).toBe(0);
    await honest.bgp("no network 192.168.121.9/32");
  });

  it("are delivered when it has announced the address", async () => {
    await hostile.bgp("network 192.168.121.8/32");
    await until("the address to be known", async () => (await delivered("192.168.121.8")) > 0);
    await hostile.bgp("no network 192.168.121.8/32");
  });
});

describe("a hostile server that announces too many prefixes", () => {
  it("loses its session, and `check` reports it", async () => {
    const flood = Array.from({ length: 120 }, (_, index) => `192.168.123.${index}/32`);
    await hostile.bgp(...flood.map((prefix) => `network ${prefix}`));
    await until("the session to end", async () => (await heardBy("leaf1")).length === 0);
    const { exitCode: code, stdout } = await site.ikvswitch(["check", "--only", "bgp"], [0, 4]);
    expect(stdout).toMatch(
      new RegExp(`leaf1 ${portTo("leaf1")} +at most 100 prefixes from the server +more; session torn down`),
    );
    expect(code).toBe(4);
    await hostile.bgp(...flood.map((prefix) => `no network ${prefix}`));
    for (const leaf of ["leaf1", "leaf2"]) {
      await site.inside(leaf, "vtysh", "-c", `clear bgp ${portTo(leaf)}`);
    }
    await until("the server to be back", async () => (await heardBy("leaf1")).length === 1);
  });
});

describe("messages of a hostile server to its leaf, other than BGP", () => {
  it("give the leaf neither a default route nor an address: router advertisements", async () => {
    const port = portTo("leaf1");
    const heard = async () =>
      Number(
        /InRouterAdvertisements\s+(\d+)/.exec(
          await site.inside("leaf1", "cat", `/proc/net/dev_snmp6/${port}`),
        )?.[1],
      );
    const lines = ["ipv6 nd ra-interval 1", "ipv6 nd ra-lifetime 1800", "ipv6 nd prefix fd66::/64"];
    const say = (...words: readonly string[]) =>
      hostile.shell(
        `vtysh -c "configure terminal" -c "interface ${hostile.bgpPort}" ${words.map((word) => `-c "${word}"`).join(" ")}`,
      );
    const before = await heard();
    await say(...lines);
    await until("the leaf to hear three", async () => (await heard()) >= before + 3);
    expect(await site.inside("leaf1", "ip", "-6", "route", "show", "default")).not.toContain(port);
    expect(await site.inside("leaf1", "ip", "-6", "route")).not.toContain("fd66:");
    expect(await site.inside("leaf1", "ip", "-6", "address")).not.toContain("fd66:");
    await say("no ipv6 nd ra-lifetime", "no ipv6 nd prefix fd66::/64");
  });

  it("are ignored: an unsolicited ARP reply", async () => {
    const source = hostile.bgpPort;
    // An Ethernet broadcast with an ARP reply: leaf3's loopback is at the server's MAC.
    await hostile.shell(`python3 - <<'END'
import socket
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind(("${source}", 0))
mac = link.getsockname()[4]
address = socket.inet_aton("${loopbackOf("leaf3")}")
link.send(b"\\xff" * 6 + mac + bytes.fromhex("08060001080006040002") + mac + address + b"\\xff" * 6 + address)
END`);
    expect(await exitCode(hostile, `ping -n -c 1 -w 5 ${honest.plan.address}`)).toBe(0);
    expect(await site.inside("leaf1", "ip", "neighbor", "show", "dev", portTo("leaf1"))).not.toContain(
      loopbackOf("leaf3"),
    );
  });
});

reachTests(
  () => site,
  () => hostile,
);

describe("traffic that leaves by the uplink", () => {
  it.each([
    ["a source that is not the fabric's", "ping -n -q -c 4 -i 0.2 -W 1 -I 10.9.9.9", "10.9.9.9"],
    ["a packet of no connection", SEND_RST, "192.168.96.0/19"],
  ])("has the host's address, or does not leave: %s", async (_, command, source) => {
    await site.outside.shell(
      `nft 'table ip count { chain input { type filter hook input priority -300; ip saddr ${source} counter; }; }'`,
    );
    try {
      // Sent by a switch, whose packets no leaf filters.
      const script = `ip address add 10.9.9.9/32 dev lo; ${command} ${OUTSIDE_ADDRESS}; ip address del 10.9.9.9/32 dev lo; exec ping -n -q -c 1 -w 10 ${OUTSIDE_ADDRESS}`;
      await site.inside("internet", "sh", "-c", script);
      expect(await site.outside.shell("nft list table ip count")).toMatchObject({
        stdout: expect.stringContaining("packets 0 "),
      });
    } finally {
      await site.outside.shell("nft delete table ip count");
    }
  });
});

describe("a switch that is off", () => {
  it("is not impersonated by a server that has and announces its loopback", async () => {
    const loopback = loopbackOf("leaf3");
    await site.ikvswitch(["node", "stop", "leaf3"]);
    const claims = [`${loopback}/32`, fabric.loopbackPrefix, "192.168.98.0/25"];
    await hostile.shell(`ip address add ${loopback}/32 dev lo`);
    await hostile.bgp(...claims.map((prefix) => `network ${prefix}`), "network 192.168.121.9/32");
    await until("the announcements to be read", async () =>
      (await heardBy("leaf1")).includes("192.168.121.9/32"),
    );
    const { stdout } = await site.ikvswitch(["check", "--only", "loopback", "--verbose"], [4]);
    const aboutLeaf3 = stdout.split("\n").filter((line) => line.includes(`→ leaf3 ${loopback}`));
    expect(aboutLeaf3.length).toBeGreaterThan(0);
    expect(aboutLeaf3.filter((line) => /^ok/.test(line))).toEqual([]);
  });
});

/** Sends packets with this source from the hostile server to the honest one. Returns how many arrive. */
async function delivered(source: string): Promise<number> {
  const target = honest.plan.address;
  await honest.shell(
    `nft 'table ip count { chain input { type filter hook input priority 0; ip saddr ${source} icmp type echo-request counter; }; }'`,
  );
  try {
    await hostile.shell(`
      ip address add ${source}/32 dev lo
      ping -n -q -c 4 -i 0.2 -W 1 -I ${source} ${target} >/dev/null || true
      ip address del ${source}/32 dev lo
      # Comes after what was sent before.
      ping -n -q -c 1 -w 10 -I ${hostile.plan.address} ${target} >/dev/null`);
    const listing = await honest.shell("nft list table ip count");
    return Number(/packets (\d+)/.exec(listing)?.[1]);
  } finally {
    await honest.shell("nft delete table ip count");
  }
}

function nodeOf(name: string): Node {
  const node = fabric.nodes.find((each) => each.name === name);
  if (node === undefined) {
    throw new Error(`the plan has no ${name}`);
  }
  return node;
}

function loopbackOf(name: string): string {
  return String(nodeOf(name).loopback);
}

/** Returns the leaf's interface of its session with the hostile server. */
function portTo(leaf: string): string {
  const port = serverPorts(nodeOf(leaf)).find(({ peer }) => peer.position === hostile.plan.position);
  return port === undefined ? "" : serverInterface(port, vlan);
}

async function heardBy(leaf: string): Promise<readonly string[]> {
  const command = `show bgp ipv4 unicast neighbors ${portTo(leaf)} routes json`;
  return Object.keys(JSON.parse(await site.inside(leaf, "vtysh", "-c", command)).routes).sort();
}

function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  return untilEqual(what, true, isSo);
}

function untilEqual<T>(what: string, expected: T, observe: () => Promise<T>): Promise<void> {
  return pollUntil({ what, timeoutMs: WAIT_MS, intervalMs: 200 }, async () => {
    const seen = JSON.stringify(await observe());
    return seen === JSON.stringify(expected) ? { done: true, value: undefined } : { done: false, seen };
  });
}
