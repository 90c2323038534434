import { describe, expect, it } from "vitest";
import { type FabricState, fabricEvents, formatEvent, NOTHING } from "../../src/telemetry/events.ts";

const AT = new Date("2026-01-02T03:04:05.678Z");
const up: FabricState = {
  ...NOTHING,
  node: new Map([
    ["spine1", "running"],
    ["leaf1", "running"],
  ]),
  session: new Map([["spine1 ens4 – leaf1 ens4", "Established"]]),
};

describe("events", () => {
  it("are the changed, new and gone subjects, kind by kind", () => {
    const after: FabricState = {
      ...up,
      node: new Map([
        ["spine1", "running"],
        ["leaf1", "frozen"],
      ]),
      session: new Map(),
      lease: new Map([["leaf1 192.168.110.20", "02:00:00:00:00:01, active"]]),
    };
    const time = AT.toISOString();
    expect(fabricEvents(up, after, AT)).toEqual([
      { time, kind: "node", subject: "leaf1", from: "running", to: "frozen" },
      { time, kind: "session", subject: "spine1 ens4 – leaf1 ens4", from: "Established", to: null },
      {
        ...{ time, kind: "lease", subject: "leaf1 192.168.110.20" },
        ...{ from: null, to: "02:00:00:00:00:01, active" },
      },
    ]);
  });

  it("are none between equal states, and everything after nothing", () => {
    expect(fabricEvents(up, { ...up, node: new Map(up.node) }, AT)).toEqual([]);
    expect(fabricEvents(NOTHING, up, AT).map(({ subject }) => subject)).toEqual([
      "spine1",
      "leaf1",
      "spine1 ens4 – leaf1 ens4",
    ]);
  });

  it.each([
    ["running", "frozen", "running → frozen"],
    [null, "running", "running"],
    ["running", null, "running → gone"],
  ])("from %s to %s read: %s", (from, to, change) => {
    const line = formatEvent({ time: AT.toISOString(), kind: "node", subject: "leaf1", from, to });
    expect(line).toMatch(/^03:04:05 UTC node {4}leaf1: /);
    expect(line.split(": ")[1]).toBe(change);
  });
});
