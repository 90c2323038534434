import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../../src/check/model/report.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { checksOf, differences } from "./checks.ts";
import { checkAttemptTests } from "./suites/check-attempts.ts";
import { checkFaultTests } from "./suites/check-faults.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6       (namespaces)
//
// Each test breaks one thing, expects `check` to report it and nothing else, and repairs it.

const fabric = planFabric(shippedConfig());

let site: NetnsSite;

beforeAll(async () => {
  site = await createNetnsSite();
  await site.ikvswitch(["up"]);
  await site.ikvswitch(["check", "--wait", "60s"]);
});

afterAll(() => site.close());

const { check } = checksOf(() => site);

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
      // At each end the session, and what it receives and sends in each family.
      bgp: 2 * 5 * sessions,
      bfd: 2 * sessions,
      lldp: 2 * sessions,
      "default-route": 2 * nodes,
      loopback: 2 * nodes * nodes,
      mtu: sessions + 2,
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

checkFaultTests(() => site);

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

checkAttemptTests(() => site);
