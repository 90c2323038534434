import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import type { FabricEvent } from "../../../src/telemetry/events.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { followEvents } from "./follow-events.ts";

//   host ── internet ── spine1, spine2 ── leaf1 … leaf6
//
// A fabric of nine namespaces, with faults injected into links and switches one after another.

const UP_TIMEOUT_MS = 120_000;
const BENCH_TIMEOUT_MS = 280_000;
/** Trials of each scenario. More trials prove nothing else. */
const TRIALS = process.env.IKVSWITCH_TEST_ALL === "1" ? 3 : 1;
const ROUTING_TIMEOUT_MS = 60_000;
const LEAF1_LOOPBACK = "192.168.98.4";
const SPINE2_LOOPBACK = "192.168.98.3";

let site: NetnsSite;
let before: HostState;

beforeAll(async () => {
  site = await createNetnsSite();
  before = await captureState(site.host);
  await site.ikvswitch(["up"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

/** Returns the state of the BGP session on a port: `Established`. */
async function session(node: string, port: string): Promise<string> {
  const text = await site.inside(node, "vtysh", "-d", "bgpd", "-c", "show bgp ipv4 unicast summary json");
  return (JSON.parse(text) as { readonly peers: Readonly<Record<string, { readonly state: string }>> }).peers[
    port
  ]?.state as string;
}

async function untilSession(node: string, port: string, isUp: boolean): Promise<void> {
  const what = `${node} ${port} ${isUp ? "coming up" : "going down"}`;
  await pollUntil({ what, timeoutMs: ROUTING_TIMEOUT_MS, intervalMs: 100 }, async () => {
    const seen = await session(node, port);
    return (seen === "Established") === isUp ? { done: true, value: undefined } : { done: false, seen };
  });
}

async function untilAnswering(address: string, answers: boolean): Promise<void> {
  const what = `${address} ${answers ? "answering" : "falling silent"}`;
  await pollUntil({ what, timeoutMs: ROUTING_TIMEOUT_MS, intervalMs: 100 }, async () => {
    const { exitCode, stdout } = await site.host.run("ping", ["-n", "-c", "1", "-W", "1", address], {
      exitCodes: [0, 1],
    });
    return (exitCode === 0) === answers ? { done: true, value: undefined } : { done: false, seen: stdout };
  });
}

/** Returns `1` if the port has carrier. */
async function carrier(node: string, port: string): Promise<string> {
  return (await site.inside(node, "cat", `/sys/class/net/${port}/carrier`)).trim();
}

async function stateOf(bridge: string): Promise<string | undefined> {
  const { links } = (await site.json(["link", "ls"])) as {
    readonly links: readonly { readonly bridge: string; readonly state: string }[];
  };
  return links.find((link) => link.bridge === bridge)?.state;
}

describe("injected faults", () => {
  it("are absent in a fabric that was brought up", async () => {
    const { links } = (await site.json(["link", "ls"])) as {
      readonly links: readonly { readonly state: string }[];
    };
    expect(links).toHaveLength(93);
    expect(links.filter(({ state }) => state !== "up")).toEqual([]);
    expect((await site.ikvswitch(["status"])).stdout).not.toContain("fault");
  });

  it("remove a link's carrier at both ends, and restore it; events and metrics tell of it", async () => {
    const events = followEvents(site, ["--interval", "200ms", "--initial"]);
    await events.until("the state at first", ({ kind, subject }) => kind === "node" && subject === "leaf6");
    await site.ikvswitch(["link", "down", "spine1", "leaf1"]);
    expect([await carrier("leaf1", "ens4"), await carrier("spine1", "ens5")]).toEqual(["0", "0"]);
    await untilSession("leaf1", "ens4", false);
    await untilAnswering(LEAF1_LOOPBACK, true);
    expect(await site.inside("leaf1", "ip", "route", "show", "default")).not.toContain("ens4");
    expect((await site.ikvswitch(["status"], [4])).stdout).toContain(
      "fault: spine1 ens5 – leaf1 ens4 is down (injected)",
    );
    const isSession = ({ kind, subject }: FabricEvent) =>
      kind === "session" && subject === "spine1 ens5 – leaf1 ens4";
    await events.until("the session's end", (event) => isSession(event) && event.from === "Established");
    const metrics = (await site.ikvswitch(["metrics"])).stdout.split("\n");
    expect(metrics).toContain('ikvswitch_link_faulty{link="spine1 ens5 – leaf1 ens4"} 1');
    expect(metrics).toContain('ikvswitch_bgp_session_up{node="leaf1",port="ens4",peer="spine1"} 0');
    expect(metrics).toContain('ikvswitch_bgp_session_up{node="leaf1",port="ens5",peer="spine2"} 1');
    await site.ikvswitch(["link", "up", "leaf1:ens4"]);
    expect([await carrier("leaf1", "ens4"), await carrier("spine1", "ens5")]).toEqual(["1", "1"]);
    await untilSession("leaf1", "ens4", true);
    expect(await stateOf("iksb12")).toBe("up");
    await events.until("the session's return", (event) => isSession(event) && event.to === "Established");
    expect(await events.end()).toBe(0);
  });

  it("blackhole a link whose ends keep carrier, and BFD detects it", async () => {
    await site.ikvswitch(["link", "blackhole", "iklt11"]);
    expect(await carrier("leaf1", "ens4")).toBe("1");
    await untilSession("leaf1", "ens4", false);
    expect(await stateOf("iksb12")).toBe("blackholed");
    await site.ikvswitch(["link", "up", "--all"]);
    await untilSession("leaf1", "ens4", true);
  });

  it("freeze a switch, which neither answers nor forwards, until it is thawed", async () => {
    const pids = await site.pids();
    await site.ikvswitch(["node", "freeze", "spine2"]);
    expect(await carrier("leaf1", "ens5")).toBe("1");
    await untilAnswering(SPINE2_LOOPBACK, false);
    await untilSession("leaf1", "ens5", false);
    await untilAnswering(LEAF1_LOOPBACK, true);
    const { stdout } = await site.ikvswitch(["status"], [4]);
    expect(stdout).toMatch(/spine2 .* frozen/);
    expect(stdout.match(/fault:/g)).toHaveLength(1);
    await site.ikvswitch(["node", "thaw", "spine2"]);
    await untilSession("leaf1", "ens5", true);
    await untilAnswering(SPINE2_LOOPBACK, true);
    expect(await site.pids()).toEqual(pids);
  });

  it("stay after `up --keep-faults`, and are cleared by `up`", async () => {
    await site.ikvswitch(["link", "down", "spine1", "leaf1"]);
    await site.ikvswitch(["link", "blackhole", "spine1", "leaf2"]);
    await site.ikvswitch(["link", "impair", "spine1", "leaf3", "--rate", "100mbit"]);
    await site.ikvswitch(["node", "freeze", "spine2"]);
    const states = () => Promise.all(["iksb12", "iksb13", "iksb14", "iksb22"].map(stateOf));
    await site.ikvswitch(["up", "--keep-faults"]);
    expect(await states()).toEqual(["down", "blackholed", "impaired", "blackholed"]);
    await site.ikvswitch(["up"]);
    expect(await states()).toEqual(["up", "up", "up", "up"]);
    expect((await site.ikvswitch(["status"])).stdout).not.toContain("fault");
  });

  it("are refused for unknown links and switches", async () => {
    expect((await site.ikvswitch(["link", "down", "spine1", "spine2"], [2])).stderr).toContain("no link");
    expect((await site.ikvswitch(["node", "freeze", "leaf9"], [2])).stderr).toContain(
      "unknown switch: leaf9",
    );
  });
});

describe("traffic on the links", () => {
  it("is captured on the host: BGP and LLDP, in files that tcpdump reads", async () => {
    for (const [filter, expected] of [
      // A KEEPALIVE takes 105 bytes, a segment without data, of which tcpdump does not name the protocol, 86.
      ["tcp port 179 and greater 100", "BGP"],
      ["ether proto 0x88cc", "LLDP"],
    ] as const) {
      const file = "/run/link.pcap";
      const words = ["capture", "leaf1", "ens4", "-w", file, "--count", "1", "--seconds", "60", "--"];
      await site.ikvswitch([...words, ...filter.split(" ")]);
      const { stdout } = await site.host.run("tcpdump", ["-n", "-v", "-r", file]);
      expect(stdout).toContain(expected);
      await site.host.run("rm", [file]);
    }
  });

  it("is shown as tcpdump prints it if no file is given", async () => {
    const { stdout } = await site.ikvswitch([
      ...["capture", "spine1:ens5", "--count", "2", "--"],
      ...["udp", "port", "3784"],
    ]);
    // Match the port only: tcpdump decodes packets from port 49152, which bfdd may use, as another protocol.
    const packets = stdout.trim().split("\n");
    expect(packets).toHaveLength(2);
    for (const packet of packets) {
      expect(packet).toMatch(/ IP6 fe80::\S+ > fe80::\S+\.3784: /);
    }
  });

  it("is measured: a stream of pings appears on each link of its path", async () => {
    const stream = site.host.start("ping", ["-q", "-n", "-i", "0.005", "-c", "800", LEAF1_LOOPBACK]);
    await pollUntil({ what: "the stream's start", timeoutMs: 10_000, intervalMs: 20 }, async () => {
      const { stdout } = await site.host.run("cat", ["/sys/class/net/ikht/statistics/tx_packets"]);
      const { stdout: later } = await site.host.run("cat", ["/sys/class/net/ikht/statistics/tx_packets"]);
      return Number(later) > Number(stdout)
        ? { done: true, value: undefined }
        : { done: false, seen: stdout };
    });
    const { links: rates } = (await site.json(["top", "--once"])) as {
      readonly links: readonly { readonly bridge: string; readonly there: { readonly packets: number } }[];
    };
    const { stdout } = await stream.output;
    // A busy machine sends more slowly; ping prints how long it took.
    const sent = 800 / (Number(/time (\d+)ms/.exec(stdout)?.[1]) / 1000);
    const [first, second, third] = rates;
    expect([first, second, third].map((rate) => rate?.bridge).sort()).toEqual([
      "ikhb",
      expect.stringMatching(/^ikib[12]$/),
      expect.stringMatching(/^iksb[12]2$/),
    ]);
    for (const rate of [first, second, third]) {
      expect((rate?.there.packets ?? 0) / sent).toBeGreaterThan(0.6);
      expect((rate?.there.packets ?? 0) / sent).toBeLessThan(1.5);
    }
  });
});

interface FailoverReport {
  readonly results: readonly {
    readonly scenario: string;
    readonly trials: readonly { readonly gapMs: number; readonly lost: number; readonly element: string }[];
    readonly gapMs: { readonly p50: number; readonly p95: number; readonly max: number };
  }[];
}

describe("the failover benchmark", () => {
  it(
    "measures finite gaps in every scenario, and leaves the fabric as planned and no server behind",
    async () => {
      const links = async () => (await site.host.run("ip", ["-br", "link"])).stdout.match(/^\S+/gm)?.sort();
      const first = await links();
      const report = (await site.json(["bench", "failover", "--trials", `${TRIALS}`])) as FailoverReport;
      expect(report.results.map(({ scenario }) => scenario)).toEqual([
        "link-down",
        "link-blackhole",
        "spine-freeze",
        "spine-stop",
        "leaf-stop",
      ]);
      for (const { scenario, trials, gapMs } of report.results) {
        expect(trials, scenario).toHaveLength(TRIALS);
        expect(gapMs.max, scenario).toBeLessThan(10_000);
      }
      // A fault that keeps carrier takes BFD three intervals to detect, so probes must be lost in these trials.
      const silent = report.results.filter(({ scenario }) => /blackhole|freeze/.test(scenario));
      expect(silent.flatMap(({ trials }) => trials).every(({ lost }) => lost > 100)).toBe(true);
      expect(
        (await links())?.map((name) => name.split("@")[0]),
        "interfaces, but for the numbers of the veths' other ends",
      ).toEqual(first?.map((name) => name.split("@")[0]));
      await site.ikvswitch(["status"]);
    },
    BENCH_TIMEOUT_MS,
  );

  it("refuses a fabric with a fault", async () => {
    await site.ikvswitch(["link", "down", "spine1", "leaf1"]);
    const { stderr } = await site.ikvswitch(["bench", "failover"], [2]);
    expect(stderr).toContain("spine1 ens5 – leaf1 ens4 is down (injected)");
    await site.ikvswitch(["up"]);
  });

  it("leaves no server when it is killed, and `up` clears its fault", async () => {
    const bench = site.start(["bench", "failover", "--scenario", "link-blackhole"]);
    await pollUntil({ what: "a fault of the benchmark's", timeoutMs: 60_000, intervalMs: 50 }, async () => {
      const { stdout } = await site.host.run("tc", ["qdisc", "show"]);
      return stdout.includes("blackhole") ? { done: true, value: undefined } : { done: false, seen: stdout };
    });
    bench.kill("SIGKILL");
    await bench.output;
    await pollUntil({ what: "the servers' end", timeoutMs: 10_000, intervalMs: 50 }, async () => {
      const { stdout } = await site.host.run("ip", ["-br", "link"]);
      return stdout.includes("ikbench") ? { done: false, seen: stdout } : { done: true, value: undefined };
    });
    await site.ikvswitch(["status"], [4]);
    await site.ikvswitch(["up"]);
    await site.ikvswitch(["status"]);
  });
});

describe("`down` of a fabric with faults", () => {
  it("leaves nothing behind, frozen switches included", async () => {
    await site.ikvswitch(["node", "freeze", "leaf1", "spine1"]);
    await site.ikvswitch(["link", "blackhole", "spine2", "leaf4"]);
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
    expect(await site.leftovers()).toBe("");
  });
});
