import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState } from "./host-state.ts";
import { assertNothingLeaked, observeMachine } from "./leaks.ts";
import {
  createSite,
  HOST_ADDRESS,
  ikvswitch,
  type Namespace,
  OUTSIDE_ADDRESS,
  type Site,
  searchPath,
} from "./namespace.ts";

/*
 *  a ── ikeb1-3 ── b              two machines plugged into one wire
 *
 *  router ── ikhb (host) up0 ── down0 (outside)
 *  192.168.96.2                 198.51.100.1
 *  192.168.98.1 on lo
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

/** Two machines on one wire, each with a network behind it that is not the fabric's, as servers may have. */
async function pluggedPair(): Promise<readonly [Namespace, Namespace]> {
  const a = await site.plug("ikeb1-3", "192.168.110.11/24");
  const b = await site.plug("ikeb1-3", "192.168.110.12/24");
  await a.shell("ip route add 10.99.0.0/16 via 192.168.110.12");
  await b.shell("ip address add 10.99.0.1/32 dev lo");
  return [a, b];
}

/** The internet router's place on the host's wire, with a loopback address of the fabric. */
async function pluggedRouter(): Promise<Namespace> {
  const router = await site.plug("ikhb", "192.168.96.2/24");
  await router.shell("ip address add 192.168.98.1/32 dev lo; ip route add default via 192.168.96.1");
  return router;
}

async function ping(from: Namespace, ...words: readonly string[]): Promise<void> {
  await pollUntil({ what: `ping ${words.join(" ")}`, timeoutMs: 10_000, intervalMs: 50 }, async () => {
    const { exitCode, stdout } = await from.run("ping", ["-c", "1", "-W", "1", ...words], {
      exitCodes: [0, 1, 2],
    });
    return exitCode === 0 ? { done: true, value: null } : { done: false, seen: stdout };
  });
}

/** The address that a server outside sees a client of the fabric come from. */
async function addressSeenOutside(client: Namespace, source: string): Promise<string> {
  const port = "7007";
  const server = site.outside.start(process.execPath, [
    "-e",
    `require("net").createServer((s) => { s.end(s.remoteAddress); process.exitCode = 0; server.close(); })
       .listen(${port}, "${OUTSIDE_ADDRESS}", function () { server = this; })`,
  ]);
  await pollUntil({ what: "the server outside", timeoutMs: 10_000, intervalMs: 20 }, async () => {
    const { stdout } = await site.outside.run("ss", ["-Hltn"]);
    return stdout.includes(port) ? { done: true, value: null } : { done: false, seen: stdout };
  });
  const { stdout } = await client.run("timeout", [
    "10",
    process.execPath,
    "-e",
    `require("net").connect({ port: ${port}, host: "${OUTSIDE_ADDRESS}", localAddress: "${source}" }).pipe(process.stdout)`,
  ]);
  await server.output;
  return stdout.trim();
}

/** Everything that the fabric's traffic relies on. */
async function assertTrafficPasses(): Promise<void> {
  const [a] = await pluggedPair();
  await ping(a, "192.168.110.12");
  await ping(a, "10.99.0.1");
  const router = await pluggedRouter();
  await ping(host, "192.168.98.1");
  await ping(router, "-I", "192.168.98.1", OUTSIDE_ADDRESS);
  expect(await addressSeenOutside(router, "192.168.98.1")).toBe(HOST_ADDRESS);
}

describe("traffic", () => {
  it("passes a wire untouched and leaves the host with its address", async () => {
    await ikvswitch(host, ["start"]);
    await assertTrafficPasses();
  });

  it("is not rewritten on a wire, although frames that pass a bridge go through the firewall", async () => {
    await ikvswitch(host, ["start"]);
    expect((await host.run("cat", ["/proc/sys/net/bridge/bridge-nf-call-iptables"])).stdout.trim()).toBe("1");
    const [a, b] = await pluggedPair();
    const seen = b.start("timeout", [
      "10",
      "tcpdump",
      "-n",
      "-l",
      "-c",
      "1",
      "-i",
      "eth0",
      "icmp[icmptype] == icmp-echo",
    ]);
    await pollUntil({ what: "tcpdump listening", timeoutMs: 10_000, intervalMs: 20 }, async () => {
      const { stdout } = await b.run("cat", ["/proc/net/packet"]);
      return stdout.trim().split("\n").length > 1
        ? { done: true, value: null }
        : { done: false, seen: stdout };
    });
    await ping(a, "10.99.0.1");
    expect((await seen.output).stdout).toContain("192.168.110.11 > 10.99.0.1");
  });

  it("passes where the host drops what it forwards, and the host still drops everything else", async () => {
    await host.shell("iptables -P FORWARD DROP; ip6tables -P FORWARD DROP");
    const before = await captureState(host);
    await ikvswitch(host, ["start"]);
    await assertTrafficPasses();
    await site.outside.shell("ip route add 192.168.96.0/19 via 203.0.113.2");
    const uninvited = ["-c", "1", "-W", "1", "192.168.98.1"];
    await site.outside.run("ping", uninvited, { exitCodes: [1] });
    // A machine that is plugged in goes with its bridge only as far as its name: take it out first.
    await host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(host, ["stop"]);
    expect(await captureState(host)).toEqual(before);
  });

  it("passes where an nft table drops what is forwarded", async () => {
    await host.shell(`
      nft add table inet strict
      nft 'add chain inet strict passing { type filter hook forward priority 0 ; policy drop ; }'`);
    const before = await captureState(host);
    await ikvswitch(host, ["start"]);
    await assertTrafficPasses();
    await host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(host, ["stop"]);
    expect(await captureState(host)).toEqual(before);
  });

  it("passes between the taps of a wire, also where an nft table drops frames that pass a bridge", async () => {
    await host.shell(`
      nft add table bridge strict
      nft 'add chain bridge strict passing { type filter hook forward priority 0 ; policy drop ; }'`);
    await ikvswitch(host, ["start"]);
    const server = await site.plugIntoTap("ikvm1-3-1", "192.168.110.11/24");
    const leaf = await site.plugIntoTap("ikls1-3", "192.168.110.1/24");
    await ping(server, "192.168.110.1");
    await ping(leaf, "192.168.110.11");
    // The wire is as wide as the fabric's MTU says.
    await Promise.all([server, leaf].map((end) => end.run("ip", ["link", "set", "eth0", "mtu", "9000"])));
    await ping(server, "-M", "do", "-s", "8972", "192.168.110.1");
  });

  it("passes after frames began to go through the firewall while the network was up, once started again", async () => {
    const files =
      "/proc/sys/net/bridge/bridge-nf-call-iptables /proc/sys/net/bridge/bridge-nf-call-ip6tables";
    await host.shell(`for file in ${files}; do echo 0 > $file; done`);
    const { stdout } = await ikvswitch(host, ["start"]);
    expect(stdout).toContain("1 firewall rule added");
    await host.shell(`for file in ${files}; do echo 1 > $file; done; iptables -P FORWARD DROP`);
    const status = await ikvswitch(host, ["status"], { exitCodes: [4] });
    expect(status.stdout).toContain(
      "ip raw PREROUTING: -i ikeb+ -j CT --notrack: expected present, observed missing",
    );
    await ikvswitch(host, ["start"]);
    await assertTrafficPasses();
  });
});

describe("on a host with other firewall programs", () => {
  it("without iptables has the rules in a table of its own, which goes with it", async () => {
    const options = await searchPath(host, "rm iptables* ip6tables*");
    const before = await captureState(host);
    await ikvswitch(host, ["start"], options);
    expect((await host.run("nft", ["list", "tables"])).stdout).toBe(
      "table ip ikvswitch\ntable ip6 ikvswitch\n",
    );
    expect((await ikvswitch(host, ["start"], options)).stdout).toContain("nothing to change");
    await assertTrafficPasses();
    await host.shell("nft delete chain ip ikvswitch postrouting");
    await ikvswitch(host, ["start"], options);
    await host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(host, ["stop"], options);
    expect(await captureState(host)).toEqual(before);
  });

  it("with the older iptables works the same", async () => {
    const options = await searchPath(
      host,
      "for name in iptables ip6tables; do for job in '' -save -restore; do ln -sf $name-legacy$job $name$job; done; done",
    );
    await ikvswitch(host, ["start"], options);
    expect((await ikvswitch(host, ["start"], options)).stdout).toContain("nothing to change");
    const rules = async () => (await host.run("iptables-legacy-save", [])).stdout;
    expect((await rules()).match(/ikvswitch/g)).toHaveLength(4);
    await assertTrafficPasses();
    await ikvswitch(host, ["stop"], options);
    expect(await rules()).not.toContain("ikvswitch");
  });

  it("with neither says what is missing, and changes nothing", async () => {
    const options = await searchPath(host, "rm iptables* ip6tables* nft");
    const before = await captureState(host);
    const { stderr } = await ikvswitch(host, ["start"], { ...options, exitCodes: [3] });
    expect(stderr).toContain("apt install iptables");
    expect(await captureState(host)).toEqual(before);
  });
});
