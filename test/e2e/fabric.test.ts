import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState, type HostState } from "../integration/host-state.ts";
import { HOST_ADDRESS, OUTSIDE_ADDRESS } from "../integration/namespace.ts";
import { buildImage, createFabricSite, type FabricSite, PASSWORD, STATE_DIR } from "./fabric-site.ts";
import { untilNeighborsAreSeen } from "./lldp-neighbors.ts";
import { backendTests } from "./suites/both-backends.ts";
import { faultTests } from "./suites/faults.ts";
import { serverTests } from "./suites/servers.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6
//
// Emulated processors that run tests besides are late now and then, hence BFD's longer interval.
// One fabric of nine real machines serves all of these tests, in the order they stand: those that break things come
// last and put them back.

const fabric = planFabric(readConfig("", null).config);
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

async function ping(address: string, ...options: readonly string[]) {
  return site.host.run("ping", ["-n", "-c", "3", "-i", "0.2", "-W", "2", ...options, address], {
    exitCodes: [0, 1],
  });
}

async function nextHops(node: string, prefix: string): Promise<readonly string[]> {
  const routes = JSON.parse(await site.inside(node, "ip", "-j", "route", "show", prefix));
  return routes.flatMap((route: { nexthops?: { dev: string }[]; dev?: string }) =>
    route.nexthops === undefined ? [route.dev] : route.nexthops.map(({ dev }) => dev),
  );
}

describe("a fabric of nine machines", () => {
  it("is up when `up` returns: nine switches, all sessions, and the commands to try next", () => {
    for (const node of fabric.nodes) {
      expect(table).toContain(node.name);
      expect(table).toContain(node.loopback);
    }
    expect(table).toContain("ikvswitch ssh leaf1");
  });

  it("reaches every loopback from the host", async () => {
    const answers = await Promise.all(fabric.nodes.map(({ loopback }) => ping(loopback)));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual(fabric.nodes.map(() => 0));
  });

  it("reaches every loopback from every switch", async () => {
    const loopbacks = fabric.nodes.map(({ loopback }) => loopback);
    const script = `for a in ${loopbacks.join(" ")}; do ping -n -c 1 -W 5 -q $a >/dev/null || echo $a; done`;
    const silent: string[] = [];
    // One after another: nine emulated machines that all start programs at once are late for everything else.
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

  it("shows the outside no address but MY_IP", async () => {
    const capture = site.outside.start("timeout", [
      "20",
      "tcpdump",
      "-n",
      "-l",
      "-c",
      "3",
      "-i",
      "down0",
      "icmp[icmptype] == icmp-echo",
    ]);
    await site.inside("leaf4", "ping", "-n", "-c", "8", "-i", "0.3", "-W", "2", OUTSIDE_ADDRESS);
    const { stdout } = await capture.output;
    const sources = [...stdout.matchAll(/IP (\S+) > /g)].map((match) => match[1]);
    expect(sources).toEqual([HOST_ADDRESS, HOST_ADDRESS, HOST_ADDRESS]);
  });

  it("lets its user in by ssh, with the host's key checked, by name and by address", async () => {
    expect((await site.ikvswitch(["ssh", "leaf3", "hostname"])).stdout).toBe("leaf3\n");
    const options = [
      ...["-i", `${STATE_DIR}/ssh/id_ed25519`, "-o", `UserKnownHostsFile=${STATE_DIR}/ssh/known_hosts`],
      ...["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"],
    ];
    const plain = await site.host.run("ssh", [...options, "root@192.168.98.6", "hostname"]);
    expect(plain.stdout).toBe("leaf3\n");
    const internet = await site.host.run("ssh", [...options, "root@192.168.96.2", "hostname"]);
    expect(internet.stdout).toBe("internet\n");
  });

  it("lets a switch into another by name, and over its link-local address", async () => {
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

  it("answers for an address that nobody has, without a loop", async () => {
    const capture = site.host.start("timeout", [
      "6",
      "tcpdump",
      "-n",
      "-l",
      "-i",
      "ikhb",
      "dst host 192.168.105.77",
    ]);
    await new Promise<void>((resolve) => setImmediate(resolve));
    const answer = await ping("192.168.105.77");
    expect(answer.stdout).toMatch(/Unreachable/);
    const frames = (await capture.output).stdout.split("\n").filter((line) => line.includes("echo request"));
    expect(frames.length).toBeLessThanOrEqual(3);
  });

  it("starts nothing anew on a second `up`", async () => {
    const pids = await site.pids();
    await site.ikvswitch(["up"]);
    expect(await site.pids()).toEqual(pids);
  });

  backendTests(() => site, fabric, SETS);

  serverTests(() => site);

  faultTests(() => site);

  it("runs commands and copies files with a switch's network down", async () => {
    await site.inside("leaf5", "ip", "link", "set", "ens4", "down");
    await site.inside("leaf5", "ip", "link", "set", "ens5", "down");
    expect((await ping("192.168.98.8")).exitCode).toBe(1);
    expect(await site.inside("leaf5", "hostname")).toBe("leaf5\n");
    await site.host.run("sh", ["-c", "echo over the inside channel > /run/note"]);
    await site.ikvswitch(["cp", "/run/note", "leaf5:/root/note"]);
    expect(await site.inside("leaf5", "cat", "/root/note")).toBe("over the inside channel\n");
    await site.ikvswitch(["cp", "leaf5:/root/note", "/run/back"]);
    expect((await site.host.run("cat", ["/run/back"])).stdout).toBe("over the inside channel\n");
    await site.host.run("rm", ["/run/note", "/run/back"]);
    await site.inside("leaf5", "ip", "link", "set", "ens4", "up");
    await site.inside("leaf5", "ip", "link", "set", "ens5", "up");
    await site.ikvswitch(["up"]);
  });

  it("brings back a switch whose emulator was killed, and only that", async () => {
    const pids = await site.pids();
    await site.host.run("kill", ["-KILL", `${pids.spine2}`]);
    await site.json(["status"], [4]);
    await site.ikvswitch(["up"]);
    const after = await site.pids();
    expect(Object.keys(after).filter((name) => after[name] !== pids[name])).toEqual(["spine2"]);
  });

  it("gives the VNC console to whoever has the password only", async () => {
    const talk = "exec 3<>/dev/tcp/127.0.0.1/5953; printf 'RFB 003.008\\n' >&3; head -c 14 <&3 | xxd -p";
    const securityTypes = await site.host.run("timeout", ["5", "bash", "-c", talk]);
    // RFB 003.008, then one security type: 2, VNC authentication (RFC 6143, section 7.2.2). 1 would be none.
    expect(securityTypes.stdout.replaceAll("\n", "")).toMatch(/^524642203030332e3030380a0102/);
    expect(PASSWORD.length).toBeGreaterThan(0);
  });

  it("powers a switch off and on by IPMI, and it comes back", async () => {
    const ipmi = (...words: string[]) =>
      site.host.run("ipmitool", [
        "-I",
        "lanplus",
        "-H",
        "192.168.200.16",
        "-U",
        "admin",
        "-P",
        PASSWORD,
        ...words,
      ]);
    expect((await ipmi("chassis", "power", "status")).stdout).toContain("is on");
    await ipmi("chassis", "power", "cycle");
    await pollUntil(
      { what: "leaf4 after its power cycle", timeoutMs: 90_000, intervalMs: 1_000 },
      async () =>
        (await ping("192.168.98.7")).exitCode === 0 &&
        (await ipmi("chassis", "power", "status")).stdout.includes("is on")
          ? { done: true, value: undefined }
          : { done: false, seen: (await ipmi("chassis", "power", "status")).stdout },
    );
    await site.ikvswitch(["up"]);
  });

  it("applies a changed setting to running switches without a reboot", async () => {
    const uptime = async () => Number((await site.inside("leaf6", "cat", "/proc/uptime")).split(" ")[0]);
    const first = await uptime();
    await site.ikvswitch(["up", "--set", "SERVER_MAX_PREFIXES=77"]);
    expect(await site.inside("leaf6", "vtysh", "-c", "show running-config")).toContain("maximum-prefix 77");
    expect(await uptime()).toBeGreaterThan(first);
    await site.ikvswitch(["up"]);
    expect(await site.inside("leaf6", "vtysh", "-c", "show running-config")).not.toContain(
      "maximum-prefix 77",
    );
  });

  it("keeps what a user saved over a restart, until told to forget it", async () => {
    const description = (text: string) => [
      "vtysh",
      "-c",
      "configure terminal",
      "-c",
      "interface ens4",
      "-c",
      `description ${text}`,
    ];
    await site.inside("leaf2", ...description("to be lost"));
    await site.inside("leaf3", ...description("to be kept"));
    await site.ikvswitch(["save", "leaf3"]);
    await site.ikvswitch(["node", "restart", "leaf2", "leaf3"]);
    await site.ikvswitch(["up"]);
    expect(await site.inside("leaf2", "vtysh", "-c", "show running-config")).not.toContain("to be lost");
    expect(await site.inside("leaf3", "vtysh", "-c", "show running-config")).toContain("to be kept");
    expect((await site.ikvswitch(["status"])).stdout).toContain("saved");
    await site.ikvswitch(["save", "--reset", "leaf3"]);
    await site.ikvswitch(["up"]);
    expect(await site.inside("leaf3", "vtysh", "-c", "show running-config")).not.toContain("to be kept");
  });

  it("leaves nothing behind", async () => {
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
    expect((await site.host.run("sh", ["-c", "ls -A /run"])).stdout).not.toContain("ikvswitch");
  });
});
