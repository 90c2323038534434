import { describe, expect, it } from "vitest";
import { type CheckReport, summarize, type TimedItem } from "../../src/check/model/report.ts";
import { formatJunit } from "../../src/check/output/junit.ts";
import { formatReport } from "../../src/check/output/table.ts";
import { toned, withoutTones } from "../../src/format/tone.ts";

const items: readonly TimedItem[] = [
  {
    kind: "bgp",
    subject: "leaf1 ens4",
    node: "leaf1",
    expected: "Established with AS 65501, IPv4 and IPv6",
    observed: "Active",
    ok: false,
    durationMs: 12.5,
  },
  {
    kind: "bgp",
    subject: "leaf1 ens4 received",
    node: "leaf1",
    expected: "16 planned prefixes from spine1",
    observed: "unknown: the session is not established",
    ok: null,
    durationMs: 12.5,
  },
  {
    kind: "loopback",
    subject: "leaf1 → leaf2 192.168.98.5",
    node: "leaf1",
    expected: "answer",
    observed: "answer",
    ok: true,
    durationMs: 12.5,
  },
];

function report(changes: Partial<CheckReport> = {}): CheckReport {
  return {
    version: 1,
    backend: "netns",
    asPlanned: false,
    durationMs: 850,
    summary: summarize(items),
    notes: [],
    items,
    ...changes,
  };
}

describe("the table", () => {
  it("has counts by kind, and each difference with expected and observed state", () => {
    expect(withoutTones(formatReport(report(), { verbose: false }))).toBe(
      [
        "CHECK     OK  DIFFERENT  UNKNOWN",
        "bgp        0          1        1",
        "loopback   1          0        0",
        "",
        "    CHECK  WHAT        EXPECTED                                  OBSERVED",
        "!!  bgp    leaf1 ens4  Established with AS 65501, IPv4 and IPv6  Active",
        "",
        "1 of 3 checks differs from the plan, 1 could not be determined (0.8 s).",
      ].join("\n"),
    );
  });

  it("colours marks, counts of differences, observed states that differ, and the verdict", () => {
    const text = formatReport(report(), { verbose: true });
    expect(text).toContain(`bgp        0          ${toned("bad", "1")}        ${toned("doubtful", "1")}\n`);
    expect(text).toContain(`${toned("bad", "!!")}  bgp`);
    expect(text).toContain(`${toned("doubtful", "?")}   bgp`);
    expect(text).toContain(`${toned("good", "ok")}  loopback`);
    expect(text).toContain(`  ${toned("bad", "Active")}\n`);
    expect(text.endsWith(toned("bad", withoutTones(text).split("\n").at(-1) ?? ""))).toBe(true);
  });

  it("shows all items on request", () => {
    const text = withoutTones(formatReport(report(), { verbose: true }));
    expect(text).toMatch(/^\? +bgp +leaf1 ens4 received .* unknown: the session is not established$/m);
    expect(text).toMatch(/^ok +loopback +leaf1 → leaf2 192\.168\.98\.5 +answer$/m);
  });

  it("is short if nothing runs, and names the command to run", () => {
    const off = { kind: "node", subject: "leaf1", node: "leaf1", ok: false, durationMs: 1 } as const;
    const down = [{ ...off, expected: "runs and answers", observed: "off" }, ...items];
    const text = withoutTones(
      formatReport(report({ items: down, summary: summarize(down) }), { verbose: false }),
    );
    expect(text).toContain("!!  node   leaf1  runs and answers  off");
    expect(text).not.toContain("leaf1 ens4");
    expect(text).toContain("No switch is running; run 'ikvswitch up'.");
  });

  it("states that all is as planned, and what this host can't have", () => {
    const good = items.filter(({ ok }) => ok);
    const text = withoutTones(
      formatReport(
        report({ asPlanned: true, items: good, summary: summarize(good), notes: ["No VLANs here."] }),
        { verbose: false },
      ),
    );
    expect(text).toContain("\n\nNo VLANs here.\n\nThe fabric is as planned: 1 check (0.8 s).");
  });
});

describe("the JUnit file", () => {
  it("has a suite for each kind, a failure for each difference and a skipped case for each unknown item", () => {
    expect(formatJunit(report())).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ikvswitch check" tests="3" failures="1" errors="0" skipped="1" time="0.850">
  <testsuite name="bgp" tests="2" failures="1" errors="0" skipped="1" time="0.025">
    <testcase classname="ikvswitch.bgp" name="leaf1 ens4" time="0.013">
      <failure type="difference" message="expected Established with AS 65501, IPv4 and IPv6, observed Active"/>
    </testcase>
    <testcase classname="ikvswitch.bgp" name="leaf1 ens4 received" time="0.013">
      <skipped message="unknown: the session is not established"/>
    </testcase>
  </testsuite>
  <testsuite name="loopback" tests="1" failures="0" errors="0" skipped="0" time="0.013">
    <testcase classname="ikvswitch.loopback" name="leaf1 → leaf2 192.168.98.5" time="0.013"/>
  </testsuite>
</testsuites>
`);
  });

  it("holds any text from a switch, escaped", () => {
    const [first] = items;
    const odd = first && { ...first, observed: `<"a" & 'b'>\u0000\u001b[1m` };
    const text = formatJunit(report({ items: odd === undefined ? [] : [odd] }));
    expect(text).toContain("observed &lt;&quot;a&quot; &amp; &apos;b&apos;&gt;  [1m");
  });
});
