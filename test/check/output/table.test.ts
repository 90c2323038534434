import { describe, expect, it } from "vitest";
import { summarize } from "../../../src/check/model/report.ts";
import { formatReport } from "../../../src/check/output/table.ts";
import { toned, withoutTones } from "../../../src/format/tone.ts";
import { items, report } from "./report.ts";

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

  it("counts what follows from broken parts instead of listing it, and shows injected faults", () => {
    const cause = { kind: "node", subject: "leaf2", node: "leaf2", ok: false, durationMs: 1 } as const;
    const all = [
      { ...cause, expected: "runs and answers", observed: "frozen", explained: false },
      ...items.map((item) => ({ ...item, explained: item.ok === false })),
    ];
    const shown = report({ items: all, summary: summarize(all), faults: ["fault: leaf2 is frozen"] });
    const text = withoutTones(formatReport(shown, { verbose: false }));
    expect(text).toContain(
      [
        "!!  node   leaf2  runs and answers  frozen",
        "",
        "fault: leaf2 is frozen",
        "",
        "1 further difference follows from what is broken above. Use --verbose to list all.",
      ].join("\n"),
    );
    expect(text).not.toContain("leaf1 ens4");
    expect(formatReport(shown, { verbose: true })).toContain("leaf1 ens4");
  });

  it("names the command to run if nothing runs", () => {
    const off = { kind: "node", subject: "leaf1", node: "leaf1", ok: false, durationMs: 1 } as const;
    const down = [
      { ...off, expected: "runs and answers", observed: "off", explained: false },
      ...items.map((item) => ({ ...item, explained: true })),
    ];
    const text = withoutTones(
      formatReport(report({ items: down, summary: summarize(down) }), { verbose: false }),
    );
    expect(text).toContain("!!  node   leaf1  runs and answers  off");
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
