import { describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { type Namespace, type Output, projectPath, type Started } from "./namespace.ts";
import { sizeWords } from "./size.ts";
import { useTestSite } from "./test-site.ts";
import { ping } from "./traffic.ts";

// server at ikvm1-3-1 ── ikeb1-3 ── leaf1's end at ikls1-3: real taps, each opened by a program

const test = await useTestSite();

const words = (...more: readonly string[]) => [
  ...["--config", projectPath("etc/ikvswitch.conf"), ...sizeWords],
  ...more,
];

function ikvswitch(...more: readonly string[]): Promise<Output> {
  return test.host.run(projectPath("bin/ikvswitch"), words(...more));
}

function start(...more: readonly string[]): Started {
  return test.host.start(projectPath("bin/ikvswitch"), words(...more));
}

interface LinkReport {
  readonly bridge: string;
  readonly state: string;
  readonly ends: readonly { readonly interface: string; readonly carrier: boolean }[];
}

async function link(bridge = "ikeb1-3"): Promise<LinkReport | undefined> {
  const { links } = JSON.parse((await ikvswitch("link", "ls", "--json")).stdout);
  return (links as readonly LinkReport[]).find((each) => each.bridge === bridge);
}

async function pluggedLink(): Promise<{ readonly server: Namespace; readonly leaf: Namespace }> {
  await ikvswitch("net", "start");
  const server = await test.site.plugIntoTap("ikvm1-3-1", "192.168.110.11/24");
  const leaf = await test.site.plugIntoTap("ikls1-3", "192.168.110.1/24");
  await ping(server, "192.168.110.1");
  return { server, leaf };
}

/** Waits until no frame arrives: frames in flight when a link breaks may still arrive. */
async function untilSilent(from: Namespace, address: string): Promise<void> {
  await pollUntil(
    { what: "the end of all answers", timeoutMs: patiently(10_000), intervalMs: 20 },
    async () => {
      const { exitCode, stdout } = await from.run("ping", ["-c", "2", "-i", "0.2", "-W", "1", address], {
        exitCodes: [0, 1],
      });
      return exitCode === 1 ? { done: true, value: null } : { done: false, seen: stdout };
    },
  );
}

describe("a link with an injected fault", () => {
  it("drops every frame and keeps carrier while it is blackholed, and passes frames when it is cleared", async () => {
    const { server } = await pluggedLink();
    await ikvswitch("link", "blackhole", "leaf1", "server1-3-1");
    await untilSilent(server, "192.168.110.1");
    expect(await link()).toMatchObject({ state: "blackholed", ends: [{ carrier: true }, { carrier: true }] });
    await ikvswitch("link", "up", "ikls1-3");
    await ping(server, "192.168.110.1");
    expect(await link()).toMatchObject({ state: "up" });
  });

  it("passes nothing when down, until the host network is made as planned again", async () => {
    const { server } = await pluggedLink();
    const { stdout } = await ikvswitch("link", "down", "server1-3-1");
    expect(stdout).toContain("leaf1 ens6 – server1-3-1: down (injected)");
    expect(stdout).toContain("set_link");
    await untilSilent(server, "192.168.110.1");
    expect(await test.status(4)).toContain("device ikvm1-3-1: state: expected up, observed down");
    await ikvswitch("net", "start");
    await ping(server, "192.168.110.1");
    await test.status(0);
  });

  it("drops frames above its rate, and none once all links are cleared", async () => {
    const { server } = await pluggedLink();
    const lossPercent = async () => {
      const { stdout } = await server.run(
        "ping",
        ["-q", "-f", "-c", "400", "-l", "400", "-s", "1400", "192.168.110.1"],
        {
          exitCodes: [0, 1],
        },
      );
      return Number(/([\d.]+)% packet loss/.exec(stdout)?.[1]);
    };
    await ikvswitch("link", "impair", "leaf1", "server1-3-1", "--rate", "1mbit");
    expect((await ikvswitch("link", "ls")).stdout).toMatch(/ikeb1-3 .* impaired: rate 1 Mbit\/s each way/);
    // 560 kB at once, through a bucket of 64 kB that 1 Mbit/s refills.
    expect(await lossPercent()).toBeGreaterThan(20);
    expect((await ikvswitch("link", "up", "--all")).stdout).toBe("leaf1 ens6 – server1-3-1: up\n");
    expect(await lossPercent()).toBe(0);
  });

  it("is delayed if the kernel has netem; otherwise the error names the module, and nothing changes", async () => {
    const { server } = await pluggedLink();
    const { exitCode, stderr } = await test.host.run(
      projectPath("bin/ikvswitch"),
      words("link", "impair", "ikeb1-3", "--delay", "40ms", "--loss", "0.001%"),
      { exitCodes: [0, 3] },
    );
    if (exitCode === 3) {
      expect(stderr).toContain("sch_netem");
      expect(await link()).toMatchObject({ state: "up" });
    } else {
      const { stdout } = await server.run("ping", ["-q", "-c", "5", "-i", "0.2", "192.168.110.1"]);
      // The delay applies once in each direction.
      expect(Number(/= ([\d.]+)\//.exec(stdout)?.[1])).toBeGreaterThan(79);
      expect(await link()).toMatchObject({ state: "impaired" });
    }
  });
});

describe("a capture", () => {
  it("records only the frames that match the filter, in a file that tcpdump reads", async () => {
    const { server } = await pluggedLink();
    const file = "/run/link.pcap";
    // If an answer takes longer than the interval of pings, two frames of one direction follow each other.
    const capture = start("capture", "leaf1", "ens6", "-w", file, "--count", "10", "--", "icmp");
    const stream = server.start("ping", ["-q", "-i", "0.1", "192.168.110.1"]);
    expect(await capture.output).toMatchObject({ exitCode: 0 });
    stream.kill("SIGINT");
    await stream.output;
    const { stdout } = await test.host.run("tcpdump", ["-n", "-r", file]);
    expect(stdout).toMatch(/192\.168\.110\.11 > 192\.168\.110\.1: ICMP echo request/);
    expect(stdout).toMatch(/192\.168\.110\.1 > 192\.168\.110\.11: ICMP echo reply/);
  });

  it("streams a pcap to stdout until it is interrupted, and exits with 0", async () => {
    const { server } = await pluggedLink();
    // The output is binary, so it goes to a file.
    const script = `exec ${projectPath("bin/ikvswitch")} "$@" >/run/stream.pcap`;
    const capture = test.host.start("sh", [
      "-c",
      script,
      "sh",
      ...words("capture", "server1-3-1", "-w", "-"),
    ]);
    const stream = server.start("ping", ["-q", "-i", "0.1", "192.168.110.1"]);
    await pollUntil(
      { what: "the frames' arrival", timeoutMs: patiently(10_000), intervalMs: 20 },
      async () => {
        const size = Number((await test.host.run("stat", ["-c", "%s", "/run/stream.pcap"])).stdout);
        return size > 24 + 10 * 114 ? { done: true, value: null } : { done: false, seen: `${size} bytes` };
      },
    );
    capture.kill("SIGINT");
    const { exitCode, stderr } = await capture.output;
    stream.kill("SIGINT");
    await stream.output;
    expect({ exitCode, interrupted: stderr.includes("Interrupted") }).toEqual({
      exitCode: 0,
      interrupted: false,
    });
    expect((await test.host.run("tcpdump", ["-n", "-r", "/run/stream.pcap"])).stdout).toContain(
      "ICMP echo reply",
    );
  });
});

describe("the rates", () => {
  it("are close to those of a known stream, in both directions", async () => {
    const { server } = await pluggedLink();
    // Long enough for the command to start and take two samples.
    const count = patiently(600);
    const stream = server.start("ping", ["-q", "-i", "0.01", "-c", `${count}`, "-s", "972", "192.168.110.1"]);
    await pollUntil(
      { what: "the stream's start", timeoutMs: patiently(10_000), intervalMs: 20 },
      async () => {
        const { stdout } = await test.host.run("cat", ["/sys/class/net/ikvm1-3-1/statistics/rx_packets"]);
        return Number(stdout) > 30 ? { done: true, value: null } : { done: false, seen: stdout };
      },
    );
    const shown = JSON.parse((await ikvswitch("top", "--once", "--interval", "3", "--json")).stdout);
    const rates: readonly { readonly bridge: string; readonly there: Rate; readonly back: Rate }[] =
      shown.links;
    const { stdout } = await stream.output;
    // A busy machine sends more slowly; ping prints how long it took.
    const sent = count / (Number(/time (\d+)ms/.exec(stdout)?.[1]) / 1000);
    const [busiest] = rates;
    expect(busiest?.bridge).toBe("ikeb1-3");
    for (const { packets, bits } of [busiest?.there, busiest?.back].filter((rate) => rate !== undefined)) {
      // A busy machine also sends unevenly. A rate that ignored the interval would be wrong by a factor of three.
      expect(packets / sent).toBeGreaterThan(0.5);
      expect(packets / sent).toBeLessThan(2);
      // 972 bytes, 28 of IP and ICMP headers, 14 of Ethernet; other small frames lower the average.
      expect(bits / packets / 8).toBeGreaterThan(900);
      // The quotient is not exact.
      expect(bits / packets / 8).toBeLessThan(1014.001);
    }
  });
});

describe("a command that runs until Ctrl-C", () => {
  it.each([
    { name: "top", network: "start", options: ["--interval", "0.1"], shows: /^LINK/ },
    {
      name: "check",
      network: "stop",
      options: ["--watch", "--interval", "100ms", "--only", "link"],
      shows: /^link +0 /m,
    },
  ])("then exits with 0 and prints no error: $name", async ({ name, network, options, shows }) => {
    await ikvswitch("net", network);
    const view = start(name, ...options);
    await Promise.race([new Promise((resolve) => view.watch(resolve)), view.output]);
    view.kill("SIGINT");
    const { exitCode, stdout, stderr } = await view.output;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(shows);
  });
});

interface Rate {
  readonly packets: number;
  readonly bits: number;
}
