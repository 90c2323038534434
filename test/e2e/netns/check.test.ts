import { basename } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../../src/check/model/report.ts";
import { readConfig } from "../../../src/config/read.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6       (namespaces)
//
// Each test breaks one thing, expects `check` to report it and nothing else, and repairs it.

const fabric = planFabric(readConfig("", null).config);
const FOUND_MS = 20_000;

let site: NetnsSite;

beforeAll(async () => {
  site = await createNetnsSite();
  await site.ikvswitch(["up"]);
  await site.ikvswitch(["check", "--wait", "30s"]);
});

afterAll(() => site.close());

/** Runs `check`, and expects the exit code that belongs to the report. */
async function check(...words: readonly string[]): Promise<CheckReport> {
  const { stdout, exitCode } = await site.ikvswitch(["--json", "check", ...words], [0, 4]);
  const report: CheckReport = JSON.parse(stdout);
  expect(exitCode).toBe(report.asPlanned ? 0 : 4);
  return report;
}

/** Returns the differences as lines: `bgp leaf1 ens4: Established … / Idle` */
function differences({ items }: CheckReport): readonly string[] {
  return items
    .filter(({ ok }) => ok === false)
    .map((item) => `${item.kind} ${item.subject}: ${item.expected} / ${item.observed}`);
}

/** Waits for these differences, since BFD and routing take time to react. */
async function differsIn(
  wanted: readonly (string | RegExp)[],
  ...words: readonly string[]
): Promise<CheckReport> {
  return pollUntil({ what: "these differences", timeoutMs: FOUND_MS, intervalMs: 200 }, async () => {
    const report = await check(...words);
    const found = differences(report);
    const missing = wanted.filter(
      (one) => !found.some((line) => (typeof one === "string" ? line === one : one.test(line))),
    );
    return missing.length === 0
      ? { done: true, value: report }
      : { done: false, seen: `${missing.join("\n")}\nobserved:\n${found.join("\n")}` };
  });
}

/** Breaks something, runs the test, and repairs it in any case. Then the fabric must be as planned again. */
async function whileBroken(
  { breakIt, repair }: { breakIt: () => Promise<unknown>; repair: () => Promise<unknown> },
  look: () => Promise<unknown>,
): Promise<void> {
  try {
    await breakIt();
    await look();
  } finally {
    await repair();
  }
  const { stdout } = await site.ikvswitch(["check", "--wait", "20s"], [0, 4]);
  expect(stdout).toMatch(/^The fabric is as planned: \d+ checks/m);
}

/** Runs a program with a switch's mounts, which processes in the switch may not change. */
async function inMountsOf(node: string, ...words: readonly string[]): Promise<void> {
  const pid = (await site.pids())[node];
  await site.host.run("nsenter", ["--target", `${pid}`, "--mount", "--pid", "--", ...words]);
}

/** Ends a program in a switch for good: its supervisor then starts /bin/false in its place. */
const without = (node: string, path: string) => ({
  breakIt: async () => {
    await inMountsOf(node, "mount", "--bind", "/bin/false", path);
    await site.inside(node, "pkill", "-KILL", "-x", basename(path));
  },
  repair: () => inMountsOf(node, "umount", path),
});

describe("the check of a fabric that is as planned", () => {
  it("covers every link, session, network and path, and exits with 0", async () => {
    const report = await check();
    expect(differences(report)).toEqual([]);
    expect(report).toMatchObject({ version: 1, backend: "netns", asPlanned: true });
    const counts = Object.fromEntries(report.summary.map(({ kind, ok }) => [kind, ok]));
    const [nodes, sessions] = [fabric.nodes.length, fabric.sessions.length];
    expect(counts).toMatchObject({
      node: 2 * nodes,
      link: fabric.links.length,
      host: 1,
      snat: 2,
      bgp: 6 * sessions,
      bfd: 2 * sessions,
      lldp: 2 * sessions,
      "default-route": nodes,
      loopback: nodes * nodes,
      mtu: sessions + 1,
    });
    expect(report.items.every(({ ok }) => ok === true)).toBe(true);
  });

  it("gives the same items every time", async () => {
    const names = ({ items }: CheckReport) => items.map(({ kind, subject }) => `${kind} ${subject}`);
    const [first, second] = [await check(), await check()];
    expect(names(second)).toEqual(names(first));
    expect(new Set(names(first)).size).toBe(first.items.length);
  });

  it("writes a JUnit file that an XML parser accepts", async () => {
    const file = "/run/check.xml";
    const { summary, items } = await check("--junit", file);
    const program = [
      "import sys, xml.etree.ElementTree as tree",
      `root = tree.parse(${JSON.stringify(file)}).getroot()`,
      "print(root.get('tests'), root.get('failures'), len(root.findall('testsuite/testcase')))",
      "print(','.join(suite.get('name') for suite in root.findall('testsuite')))",
      "assert all(float(case.get('time')) >= 0 for case in root.iter('testcase'))",
    ].join("\n");
    const { stdout } = await site.host.run("python3", ["-c", program]);
    expect(stdout).toBe(`${items.length} 0 ${items.length}\n${summary.map(({ kind }) => kind).join(",")}\n`);
    await site.host.run("rm", [file]);
  });

  it("covers only the requested kinds and switches", async () => {
    const some = await check("--only", "bgp,loopback", "leaf1", "spine1");
    expect(new Set(some.items.map(({ kind }) => kind))).toEqual(new Set(["bgp", "loopback"]));
    expect(new Set(some.items.map(({ node }) => node))).toEqual(new Set([null, "leaf1", "spine1"]));
    const refused = await site.ikvswitch(["check", "--only", "bpg"], [2]);
    expect(refused.stderr).toContain('--only: "bpg"');
    expect((await site.ikvswitch(["check", "leaf9"], [2])).stderr).toContain("unknown switch: leaf9");
  });
});

/** Sets a port of a switch, or of the host. */
const setLink =
  (node: string | null, ...words: readonly string[]) =>
  () =>
    node === null
      ? site.host.run("ip", ["link", "set", ...words])
      : site.inside(node, "ip", "link", "set", ...words);

const kill = (node: string, signal: string, program: string) =>
  site.inside(node, "pkill", `-${signal}`, "-x", program);

describe("the check reports", () => {
  it("a port that is down, at both ends of its link", () =>
    whileBroken(
      { breakIt: setLink("leaf1", "ens4", "down"), repair: setLink("leaf1", "ens4", "up") },
      async () => {
        await differsIn([
          "link link iksb12: up, MTU 9000: ikst12, iklt11, spine1 ens5, leaf1 ens4 / iklt11: no carrier; leaf1 ens4: down",
          /^bgp leaf1 ens4: Established with AS 65501, IPv4 and IPv6 \/ (Idle|Connect|Active)$/,
          /^bfd spine1 ens5: up \/ down \(.*\)$/,
          "default-route leaf1 default route: 2 next hops: ens4, ens5 / 1 next hop: ens5",
          "ecmp leaf3 → leaf1 192.168.98.4: 2 next hops: ens4, ens5 / 1 next hop: ens5",
          "mtu leaf1 ens4 → spine1 ens5: answer to 9000 bytes / no answer",
        ]);
        const { items } = await check("leaf1", "--only", "bgp");
        expect(items.find(({ subject }) => subject === "leaf1 ens4 received")).toMatchObject({
          ok: null,
          observed: "unknown: the session is not established",
        });
      },
    ));

  it("a wrong MTU inside a switch, which large packets show, too", () =>
    whileBroken(
      {
        breakIt: setLink("leaf2", "ens5", "mtu", "1500"),
        repair: setLink("leaf2", "ens5", "mtu", "9000"),
      },
      async () => {
        const report = await differsIn([
          "link link iksb23: up, MTU 9000: ikst23, iklt22, spine2 ens6, leaf2 ens5 / leaf2 ens5: MTU 1500",
          "mtu leaf2 ens5 → spine2 ens6: answer to 9000 bytes / no answer",
        ]);
        expect(differences(report)).toHaveLength(2);
      },
    ));

  it("a wrong MTU on the host", () =>
    whileBroken(
      {
        breakIt: setLink(null, "ikst24", "mtu", "1400"),
        repair: setLink(null, "ikst24", "mtu", "9000"),
      },
      () =>
        differsIn([
          "link link iksb24: up, MTU 9000: ikst24, iklt32, spine2 ens7, leaf3 ens5 / iksb24: MTU 1400; ikst24: MTU 1400",
          "mtu leaf3 ens5 → spine2 ens7: answer to 9000 bytes / no answer",
        ]),
    ));

  it("a port that is not in its bridge", () =>
    whileBroken(
      {
        breakIt: setLink(null, "iklt42", "nomaster"),
        repair: async () => {
          await setLink(null, "iklt42", "master", "iksb25")();
          await setLink(null, "iklt42", "type", "bridge_slave", "learning", "off")();
        },
      },
      () =>
        differsIn([
          "link link iksb25: up, MTU 9000: ikst25, iklt42, spine2 ens8, leaf4 ens5 / iklt42: not in iksb25",
          /^bfd leaf4 ens5: up \/ down \(.*\)$/,
        ]),
    ));

  it("a BGP daemon that was killed, by name, and its neighbors' missing sessions", () =>
    whileBroken(without("leaf3", "/usr/lib/frr/bgpd"), () =>
      differsIn([
        "node leaf3 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra",
        "bgp leaf3 ens4: Established with AS 65501, IPv4 and IPv6 / no session",
        "bgp leaf1 ens4 received: 9 planned prefixes from spine1 / 8 planned prefixes, without 192.168.98.6/32",
        "ecmp leaf1 → leaf3 192.168.98.6: 2 next hops: ens4, ens5 / no route",
        "loopback leaf3 → leaf1 192.168.98.4: answer / no answer",
        "loopback host → leaf3 192.168.98.6: answer / no answer",
      ]),
    ));

  it("a BGP daemon that hangs, without hanging itself", () =>
    whileBroken(
      { breakIt: () => kill("leaf3", "STOP", "bgpd"), repair: () => kill("leaf3", "CONT", "bgpd") },
      () =>
        differsIn(
          [
            "node leaf3 FRR: bfdd, bgpd, staticd, zebra / bfdd, staticd, zebra",
            "bgp leaf3 ens4: Established with AS 65501, IPv4 and IPv6 / no session",
          ],
          ...["leaf3", "--only", "node,bgp"],
        ),
    ));

  it("a missing SNAT rule, and nothing else", () =>
    whileBroken(
      {
        breakIt: () => site.host.run("iptables", ["-t", "nat", "-F", "POSTROUTING"]),
        repair: () => site.ikvswitch(["up"]),
      },
      async () => {
        const { items } = await check();
        expect(items.filter(({ ok }) => ok !== true)).toMatchObject([
          {
            kind: "snat",
            subject: "SNAT of 192.168.96.0/19",
            expected: "present",
            observed: expect.stringMatching(/SNAT --to-source .*: missing$/),
          },
          {
            kind: "snat",
            node: "internet",
            subject: "internet → 203.0.113.1, the host's way out",
            observed: "no answer",
          },
        ]);
      },
    ));

  it("a missing route of the host, without which no loopback answers", () =>
    whileBroken(
      {
        breakIt: () => site.host.run("ip", ["route", "del", "192.168.96.0/19"]),
        repair: () => site.ikvswitch(["up"]),
      },
      () =>
        differsIn([
          "host route 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1: present / missing",
          "loopback host → spine2 192.168.98.3: answer / no answer",
        ]),
    ));

  it("a foreign route that takes precedence over BGP's", () =>
    whileBroken(
      {
        breakIt: () =>
          site.inside(
            "leaf5",
            "ip",
            "route",
            "add",
            "192.168.98.9",
            "dev",
            "ens4",
            "metric",
            "5",
            "proto",
            "boot",
          ),
        repair: () => site.inside("leaf5", "ip", "route", "del", "192.168.98.9", "metric", "5"),
      },
      async () => {
        await differsIn([
          "ecmp leaf5 → leaf6 192.168.98.9: 2 next hops: ens4, ens5 / 1 next hop: ens4",
          "loopback leaf5 → leaf6 192.168.98.9: answer / no answer",
        ]);
      },
    ));

  it("an LLDP daemon that does not run", () =>
    whileBroken(without("leaf6", "/usr/sbin/lldpd"), () =>
      differsIn(
        [
          /^lldp leaf6 ens4: spine1 ens10 \/ lldpd does not answer/,
          /^lldp leaf6 ens5: spine2 ens10 \/ lldpd does not answer/,
        ],
        ...["leaf6", "--only", "lldp"],
      ),
    ));

  it("a switch that is off with one item, and the others' missing sessions and routes with theirs", () =>
    whileBroken(
      {
        breakIt: () => site.ikvswitch(["node", "stop", "leaf6"]),
        repair: () => site.ikvswitch(["node", "start", "leaf6"]),
      },
      async () => {
        const { items } = await differsIn([
          "node leaf6: runs and answers / off",
          /^bgp spine1 ens10: Established with AS 65508, IPv4 and IPv6 \/ \w+$/,
          "loopback leaf1 → leaf6 192.168.98.9: answer / no answer",
        ]);
        const own = items.filter(({ node }) => node === "leaf6");
        expect(own.filter(({ ok }) => ok === false)).toHaveLength(1);
        expect(own.filter(({ ok }) => ok === null)).toHaveLength(own.length - 1);
        // The switch's veths are gone with it, which is no difference.
        expect(items.filter(({ kind, ok }) => kind === "link" && ok !== true)).toEqual([]);
      },
    ));

  it("a frozen switch, at once", () =>
    whileBroken(
      {
        breakIt: () => site.ikvswitch(["node", "freeze", "leaf6"]),
        repair: () => site.ikvswitch(["node", "thaw", "leaf6"]),
      },
      () => differsIn(["node leaf6: runs and answers / frozen"]),
    ));
});

describe("the user's own assertions", () => {
  const write = (text: string) => site.host.run("sh", ["-c", "cat >/run/own.checks"], { input: `${text}\n` });

  it("are evaluated one by one", async () => {
    await write(`
      # What is announced here.
      reach leaf1 leaf6
      reach leaf1 203.0.113.1     # the host's router
      not-reach leaf1 192.168.105.77
      route leaf1 192.168.98.9/32 via ens4,ens5
      route leaf1 192.168.98.9/32 via 3
      no-route leaf1 10.0.0.0/8
      route host 192.168.96.0/19 via ikhb
      lease 08:00:27:00:00:01`);
    const report = await check("--assert", "/run/own.checks", "--only", "assert");
    expect(report.items.map(({ subject, ok, observed }) => [subject, ok, observed])).toEqual([
      ["reach leaf1 leaf6", true, "answer"],
      ["reach leaf1 203.0.113.1", true, "answer"],
      ["not-reach leaf1 192.168.105.77", true, "no answer"],
      ["route leaf1 192.168.98.9/32 via ens4,ens5", true, "2 next hops: ens4, ens5"],
      ["route leaf1 192.168.98.9/32 via 3", false, "2 next hops: ens4, ens5"],
      ["no-route leaf1 10.0.0.0/8", true, "no route"],
      ["route host 192.168.96.0/19 via ikhb", true, "1 next hop: ikhb"],
      ["lease 08:00:27:00:00:01", false, "none"],
    ]);
  });

  it("may be named in the configuration", async () => {
    await write("reach leaf1 leaf6");
    const report = await check("--set", "CHECK_FILE=/run/own.checks");
    expect(report.summary).toContainEqual({ kind: "assert", ok: 1, different: 0, unknown: 0 });
  });

  it("are refused before any query, with file, line and word", async () => {
    await write("reach leaf1 leaf6\nreach leaf1 10.0.0.999\nroute leaf7 10.0.0.0/8");
    const { stderr, stdout } = await site.ikvswitch(["check", "--assert", "/run/own.checks"], [2]);
    expect(stdout).toBe("");
    expect(stderr).toContain('/run/own.checks:2: "10.0.0.999" is neither an address nor a switch\'s name');
    expect(stderr).toContain("/run/own.checks:3: unknown switch: leaf7");
    const missing = await site.ikvswitch(["check", "--assert", "/run/none"], [2]);
    expect(missing.stderr).toContain("/run/none: no such file");
  });
});

describe("repeated attempts", () => {
  it("end as soon as the fault is repaired", () =>
    whileBroken(
      { breakIt: setLink("leaf4", "ens4", "down"), repair: setLink("leaf4", "ens4", "up") },
      async () => {
        await differsIn([/^bgp leaf4 ens4: /]);
        const waiting = site.start(["check", "--wait", "60s"]);
        await new Promise<void>((resolve) =>
          waiting.watch((piece) => piece.includes("Retrying") && resolve()),
        );
        await setLink("leaf4", "ens4", "up")();
        const { exitCode, stdout, stderr } = await waiting.output;
        expect(stdout).toContain("The fabric is as planned");
        expect(stderr).toMatch(/differs? from the plan.*Retrying/);
        expect(exitCode).toBe(0);
      },
    ));

  it("end at the timeout with exit code 4", () =>
    whileBroken(
      {
        breakIt: setLink(null, "ikst24", "mtu", "1400"),
        repair: setLink(null, "ikst24", "mtu", "9000"),
      },
      async () => {
        const { stdout } = await site.ikvswitch(["check", "--wait", "1500ms"], [4]);
        expect(stdout).toContain("ikst24: MTU 1400");
      },
    ));

  it("continue until Ctrl-C with --watch, and print one block each", async () => {
    const watching = site.start(["check", "--watch", "--interval", "100ms", "--only", "bgp"]);
    let text = "";
    const twice = new Promise<void>((resolve) => {
      watching.watch((piece) => {
        text += piece;
        if (text.split("84 checks").length > 2) {
          resolve();
        }
      });
    });
    await Promise.race([twice, watching.output]);
    watching.kill("SIGINT");
    const { exitCode, stdout } = await watching.output;
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d$/m);
    expect(exitCode).toBe(0);
    // Without a terminal the output may go to a log, so it has no control characters.
    expect(stdout).not.toContain("\u001b");
  });
});
