import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState, foreignLinks, type HostState } from "./host-state.ts";
import { assertNothingLeaked, observeMachine } from "./leaks.ts";
import { createSite, HOST_ADDRESS, ikvswitch, type Namespace, projectPath, type Site } from "./namespace.ts";
import { shippedWireTable } from "./wire-table.ts";

/*
 *   plug1 ── ikeb1-3 ── plug2          two machines plugged into one wire
 *              (host) up0 ── down0 (outside) 198.51.100.1
 *   plug1 ── ikhb ─┘                   a machine in the internet router's place
 */

const machine = await observeMachine();
let site: Site;
let host: Namespace;

beforeEach(async () => {
  site = await createSite();
  host = site.host;
});

afterEach(() => site.close());
afterAll(() => assertNothingLeaked(machine));

interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly master?: string;
  readonly group: string;
  readonly address: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

async function links(): Promise<readonly Link[]> {
  return JSON.parse((await host.run("ip", ["-N", "-j", "-d", "address", "show"])).stdout);
}

async function ourLinks(): Promise<readonly Link[]> {
  return (await links()).filter(({ group }) => group === "26987");
}

/** Start and wait for the one thing that comes by itself afterwards: the kernel notices carriers with a delay. */
async function startAndSettle(): Promise<void> {
  await ikvswitch(host, ["start"]);
  await host.shell(
    "for name in ikhb bripmi; do until grep -qx up /sys/class/net/$name/operstate; do :; done; done",
  );
}

async function status(exitCode: 0 | 4): Promise<string> {
  return (await ikvswitch(host, ["status"], { exitCodes: [exitCode] })).stdout;
}

async function value(path: string): Promise<string> {
  return (await host.run("cat", [path])).stdout.trim();
}

describe("a started host network", () => {
  it("is the wire table: 187 interfaces on 94 bridges, each with its settings, and no IPv6 anywhere", async () => {
    const { stdout } = await ikvswitch(host, ["start"]);
    expect(stdout).toContain("281 devices created");
    const all = await ourLinks();
    const bridges = all.filter(({ linkinfo }) => linkinfo?.info_kind === "bridge");
    const ports = all.filter(({ linkinfo }) => linkinfo?.info_kind !== "bridge");
    expect(bridges).toHaveLength(94);
    expect(ports).toHaveLength(187);

    const members = Object.fromEntries(
      bridges.map(({ ifname }) => [
        ifname,
        ports.flatMap((port) => (port.master === ifname ? [port.ifname] : [])).sort(),
      ]),
    );
    expect(members).toEqual(shippedWireTable());

    expect(new Set(all.map(({ address }) => address)).size).toBe(281);
    for (const link of all) {
      expect(link.flags, link.ifname).toContain("UP");
      expect(link.mtu, link.ifname).toBe(["bripmi", "ikipmi"].includes(link.ifname) ? 1500 : 9000);
      expect(await value(`/proc/sys/net/ipv6/conf/${link.ifname}/disable_ipv6`), link.ifname).toBe("1");
      expect(
        link.addr_info.filter(({ family }) => family === "inet6"),
        link.ifname,
      ).toEqual([]);
    }
    for (const bridge of bridges) {
      expect(bridge.linkinfo?.info_data, bridge.ifname).toMatchObject({
        stp_state: 0,
        forward_delay: 0,
        mcast_snooping: 0,
        group_fwd_mask: "0x4000",
      });
      const answersArp = ["ikhb", "bripmi"].includes(bridge.ifname);
      expect(bridge.flags.includes("NOARP"), bridge.ifname).toBe(!answersArp);
    }
    for (const port of ports.filter(({ ifname }) => !["ikhn", "ikipmi"].includes(ifname))) {
      expect(port.linkinfo, port.ifname).toMatchObject({
        info_kind: "tun",
        info_data: { type: "tap", persist: true, user: "ikvswitch" },
      });
    }
  });

  it("has the host's addresses, one route, one SNAT rule to the uplink's address, and forwarding on", async () => {
    await ikvswitch(host, ["start"]);
    const all = await links();
    const addresses = (name: string) =>
      all
        .filter(({ ifname }) => ifname === name)
        .flatMap(({ addr_info }) => addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`));
    expect(addresses("ikhb")).toEqual(["192.168.96.1/24"]);
    expect(addresses("bripmi")).toEqual(["192.168.200.1/24"]);
    expect((await host.run("ip", ["route", "show", "192.168.96.0/19"])).stdout.trim()).toBe(
      "192.168.96.0/19 via 192.168.96.2 dev ikhb proto 107 src 192.168.96.1",
    );
    expect((await host.run("iptables", ["-t", "nat", "-S", "POSTROUTING"])).stdout).toBe(
      `-P POSTROUTING ACCEPT\n-A POSTROUTING -s 192.168.96.0/19 ! -d 192.168.96.0/19 -m comment --comment ikvswitch -j SNAT --to-source ${HOST_ADDRESS}\n`,
    );
    expect(await value("/proc/sys/net/ipv4/ip_forward")).toBe("1");
    expect((await host.run("stat", ["-c", "%a", "/var/lib/ikvswitch"])).stdout.trim()).toBe("700");
  });

  it("is not changed by a second start, down to the interface indexes", async () => {
    await startAndSettle();
    const first = await captureState(host);
    const { stdout } = await ikvswitch(host, ["start"]);
    expect(stdout).toContain("nothing to change");
    expect(await captureState(host)).toEqual(first);
    const dryRun = await ikvswitch(host, ["start", "--dry-run"]);
    expect(dryRun.stdout.trim()).toBe("# Nothing to do.");
  });

  it("is the same whether one or two were started at the same time", async () => {
    const outputs = await Promise.all([ikvswitch(host, ["start"]), ikvswitch(host, ["start"])]);
    const created = outputs.filter(({ stdout }) => stdout.includes("281 devices created"));
    const unchanged = outputs.filter(({ stdout }) => stdout.includes("nothing to change"));
    expect([created.length, unchanged.length]).toEqual([1, 1]);
    await status(0);
  });

  it("is gone after stop, and the host is exactly as it was", async () => {
    const before = await captureState(host);
    await ikvswitch(host, ["start"]);
    await ikvswitch(host, ["stop"]);
    expect(await captureState(host)).toEqual(before);
    const again = await ikvswitch(host, ["stop"]);
    expect(again.stdout).toContain("nothing to remove");
    expect(await captureState(host)).toEqual(before);
  });

  it("shrinks and grows with the configuration without touching what stays", async () => {
    await ikvswitch(host, ["start", "--set", "NUM_U=18"]);
    const large = new Map((await ourLinks()).map(({ ifname, ifindex }) => [ifname, ifindex]));
    const { stdout } = await ikvswitch(host, ["start", "--set", "NUM_U=4"]);
    expect(stdout).toContain("removed");
    const small = await ourLinks();
    expect(
      small
        .filter(({ linkinfo }) => linkinfo?.info_kind === "bridge")
        .map(({ ifname }) => ifname)
        .sort(),
    ).toEqual(Object.keys(shippedWireTable(4)).sort());
    // The MACs of the host's own interfaces depend on the size, and these take another at birth only.
    for (const { ifname, ifindex } of small.filter(({ ifname }) => !["ikhn", "ikipmi"].includes(ifname))) {
      expect(ifindex, ifname).toBe(large.get(ifname));
    }
  });
});

describe("a dry run", () => {
  it("prints a shell script that does the same, and changes nothing", async () => {
    const before = await captureState(host);
    const { stdout } = await ikvswitch(host, ["start", "--dry-run"]);
    expect(await captureState(host)).toEqual(before);
    // This kernel has no dummy devices, so the script needs the alternative that it shows in a comment.
    const script = stdout.replaceAll(/ type dummy$/gm, " type ifb");
    await host.run("sh", ["-e"], { input: script });
    await status(0);
    const stop = await ikvswitch(host, ["stop", "--dry-run"]);
    await status(0);
    await host.run("sh", ["-e"], { input: stop.stdout });
    expect(await captureState(host)).toEqual(before);
  });
});

describe("a network that someone interfered with", () => {
  const damages: readonly (readonly [string, string, string])[] = [
    ["a deleted tap", "ip link del ikvm1-3-1", "device ikvm1-3-1: expected tap, observed missing"],
    ["a deleted wire", "ip link del ikeb2-7", "device ikeb2-7: expected bridge, observed missing"],
    [
      "the deleted host bridge",
      "ip link del ikhb",
      "address 192.168.96.1/24 on ikhb: expected present, observed missing",
    ],
    [
      "a tap in no bridge",
      "ip link set ikls1-3 nomaster",
      "device ikls1-3: bridge: expected ikeb1-3, observed none",
    ],
    ["a tap in another bridge", "ip link set ikls1-3 master ikeb1-4", "observed ikeb1-4"],
    ["another MTU", "ip link set ikeb1-3 mtu 1500", "device ikeb1-3: mtu: expected 9000, observed 1500"],
    ["another MAC", "ip link set ikvm1-3-1 address 02:00:00:00:00:07", "device ikvm1-3-1: mac"],
    ["a device that is down", "ip link set ikst12 down", "device ikst12: state: expected up, observed down"],
    [
      "spanning tree",
      "ip link set ikib1 type bridge stp_state 1",
      "device ikib1: stp: expected off, observed on",
    ],
    [
      "IPv6 on a wire",
      "echo 0 > /proc/sys/net/ipv6/conf/ikeb1-3/disable_ipv6",
      "net.ipv6.conf.ikeb1-3.disable_ipv6",
    ],
    ["a deleted route", "ip route del 192.168.96.0/19", "route 192.168.96.0/19"],
    ["another address", "ip addr add 192.168.96.77/24 dev ikhb", "address 192.168.96.77/24 on ikhb"],
    ["a deleted rule", "iptables -t nat -F POSTROUTING", "iptables rule in ip nat POSTROUTING"],
    [
      "a doubled rule",
      "iptables -t raw -A PREROUTING -i ikeb+ -m comment --comment ikvswitch -j CT --notrack",
      "iptables rule in ip raw PREROUTING",
    ],
    ["forwarding off", "sysctl -qw net.ipv4.ip_forward=0", "net.ipv4.ip_forward: expected 1, observed 0"],
    [
      "a foreign device in the group",
      "ip link add extra group 26987 type veth peer name extra2",
      "device extra",
    ],
    [
      "a half-made tap",
      "ip link del ikvm2-5-1; ip tuntap add ikvm2-5-1 mode tap user ikvswitch",
      "device ikvm2-5-1: group",
    ],
  ];

  it("is shown item by item and repaired by start, which leaves the rest alone", async () => {
    await ikvswitch(host, ["start"]);
    const indexes = new Map((await ourLinks()).map(({ ifname, ifindex }) => [ifname, ifindex]));
    for (const [damage, command, drift] of damages) {
      await host.shell(command);
      expect(await status(4), damage).toContain(drift);
      await ikvswitch(host, ["start"]);
      expect(await status(0), damage).toContain("as planned");
    }
    const after = await ourLinks();
    for (const [bridge, ports] of Object.entries(shippedWireTable())) {
      const members = after.filter(({ master }) => master === bridge).map(({ ifname }) => ifname);
      expect(members.sort(), bridge).toEqual(ports);
    }
    const replaced = after.filter(({ ifname, ifindex }) => indexes.get(ifname) !== ifindex);
    expect(replaced.map(({ ifname }) => ifname).sort()).toEqual([
      "ikeb2-7",
      "ikhb",
      "ikvm1-3-1",
      "ikvm2-5-1",
    ]);
  });

  it("gets another SNAT rule in place of the old one when the host's address changes", async () => {
    await ikvswitch(host, ["start"]);
    await host.shell(`
      ip address flush dev up0
      ip address add 203.0.113.99/24 dev up0
      ip route add default via 203.0.113.1`);
    expect(await status(4)).toContain("--to-source 203.0.113.99: expected present, observed missing");
    await ikvswitch(host, ["start"]);
    const rules = (await host.run("iptables", ["-t", "nat", "-S", "POSTROUTING"])).stdout;
    expect(rules.match(/--to-source \S+/g)).toEqual(["--to-source 203.0.113.99"]);
    await status(0);
  });
});

describe("what others have on the host", () => {
  const others = `
    iptables -P FORWARD DROP
    iptables -A FORWARD -i eth7 -m comment --comment "not ours" -j ACCEPT
    iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
    iptables -t nat -N CUSTOM
    ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT
    nft add table inet other
    nft 'add chain inet other passing { type filter hook forward priority 5 ; policy drop ; }'
    nft add rule inet other passing iifname "br0" accept
    ip link add br0 type bridge
    echo 1 > /proc/sys/net/ipv6/conf/br0/disable_ipv6
    ip link set br0 up
    ip address add 10.1.0.1/16 dev br0
    ip tuntap add vnet0 mode tap user nobody
    echo 1 > /proc/sys/net/ipv6/conf/vnet0/disable_ipv6
    ip link set vnet0 master br0 up
    until grep -qx down /sys/class/net/br0/operstate; do :; done
    ip link add iklookalike type bridge
    ip route add 10.9.0.0/16 via 10.1.0.9
    ip route add blackhole 192.168.0.0/16
    sysctl -qw net.ipv4.conf.br0.forwarding=1
    sysctl -qw net.ipv4.conf.all.accept_redirects=0`;

  it("survives start, repair and stop untouched", async () => {
    await host.shell(others);
    const before = await captureState(host);
    const withoutOurs = (state: HostState, topic: string) =>
      (state[topic] ?? "").split("\n").filter((line) => !/ikvswitch|\bikhb\b|\bbripmi\b/.test(line));

    await ikvswitch(host, ["start"]);
    const during = await captureState(host);
    expect(foreignLinks(during)).toEqual(foreignLinks(before));
    for (const topic of ["iptables-save", "ip6tables-save", "routes"]) {
      expect(withoutOurs(during, topic), topic).toEqual(expect.arrayContaining(withoutOurs(before, topic)));
    }
    expect(withoutOurs(during, "nft ruleset").join("\n")).toContain('iifname "br0" accept');

    await host.run("ip", ["link", "del", "ikeb1-3"]);
    await ikvswitch(host, ["start"]);
    await ikvswitch(host, ["stop"]);
    expect(await captureState(host)).toEqual(before);
  });

  it.each([
    ["a bridge with a planned name", "ip link add ikeb3-9 type bridge", "ikeb3-9"],
    ["a tap of another user", "ip tuntap add ikvm1-3-1 mode tap user nobody", "ikvm1-3-1"],
    [
      "a route into the fabric's network",
      "ip route add 192.168.100.0/24 via 203.0.113.1",
      "route 192.168.100.0/24",
    ],
    ["an address in the BMC network", "ip addr add 192.168.200.9/32 dev lo", "192.168.200.9/32"],
    ["no default route", "ip route del default", "MY_IP"],
    ["hardware in our group", "ip link set lo group 26987", "ip link set dev lo group default"],
  ])("stops a start before it changes anything: %s", async (_name, command, message) => {
    await host.shell(command);
    const before = await captureState(host);
    const { stderr } = await ikvswitch(host, ["start"], { exitCodes: [3] });
    expect(stderr).toContain(message);
    expect(stderr).toContain("fix:");
    expect(await captureState(host)).toEqual(before);
  });
});

describe("a start that fails", () => {
  /** A folder of programs that is searched first, in which one always fails. */
  async function withFailing(program: string): Promise<Readonly<Record<string, string>>> {
    await host.shell(`mkdir -p /run/programs && ln -sf /bin/false /run/programs/${program}`);
    return { PATH: `/run/programs:${process.env.PATH}` };
  }

  it.each(["iptables-restore", "ip6tables-restore", "tee"])(
    "by %s undoes all that it did",
    async (program) => {
      const env = await withFailing(program);
      const before = await captureState(host);
      const { stderr } = await ikvswitch(host, ["start"], { env, exitCodes: [1] });
      expect(stderr).toContain(program);
      expect(await captureState(host)).toEqual(before);
    },
  );

  it("by a state directory that can't be written changes nothing", async () => {
    await host.shell("echo > /run/file");
    const before = await captureState(host);
    await ikvswitch(host, ["start", "--set", "STATE_DIR=/run/file/state"], { exitCodes: [1, 3] });
    expect(await captureState(host)).toEqual(before);
  });

  it("while it repairs leaves what was there before", async () => {
    await startAndSettle();
    await host.shell("ip link del ikvm1-3-1; iptables -t nat -F POSTROUTING");
    const env = await withFailing("iptables-restore");
    const before = await captureState(host);
    await ikvswitch(host, ["start"], { env, exitCodes: [1] });
    expect(await captureState(host)).toEqual(before);
  });

  it("because it was interrupted undoes what it did, too", async () => {
    const before = await captureState(host);
    const start = host.start(process.execPath, [
      projectPath("bin/ikvswitch-host-networking"),
      "start",
      "--config",
      projectPath("etc/ikvswitch.conf"),
    ]);
    await pollUntil({ what: "the first device", timeoutMs: 20_000, intervalMs: 1 }, async () => {
      const { stdout: seen } = await host.run("ls", ["/sys/class/net"]);
      return seen.includes("ikhb") ? { done: true, value: null } : { done: false, seen };
    });
    start.kill("SIGINT");
    const { exitCode } = await start.output;
    // It may have been done already; then it says so.
    expect([0, 130]).toContain(exitCode);
    if (exitCode === 0) {
      await ikvswitch(host, ["stop"]);
    }
    expect(await captureState(host)).toEqual(before);
  });
});

describe("network managers", () => {
  it("are told which devices are none of theirs where they run, and no longer after stop", async () => {
    await host.shell(
      "mkdir -p /run/NetworkManager/conf.d /run/systemd/netif /run/udev; touch /run/systemd/netif/state /run/udev/control",
    );
    const before = await captureState(host);
    await ikvswitch(host, ["start"]);
    expect(await value("/run/NetworkManager/conf.d/ikvswitch.conf")).toContain("interface-name:ikeb*");
    expect(await value("/run/systemd/network/05-ikvswitch.network")).toContain("Unmanaged=yes");
    expect(await value("/run/systemd/network/05-ikvswitch.link")).toContain("MACAddressPolicy=none");
    expect(await status(0)).toContain("as planned");
    await host.run("rm", ["/run/systemd/network/05-ikvswitch.network"]);
    expect(await status(4)).toContain("05-ikvswitch.network: expected present, observed missing");
    await ikvswitch(host, ["stop"]);
    expect(await captureState(host)).toEqual(before);
  });
});
