import { describe, expect, it } from "vitest";
import type { Fabric } from "../../src/fabric/types.ts";
import { missingSessions, observersOf, parseSummary, plannedSessions } from "../../src/nodes/bgp.ts";

const summary = JSON.stringify({
  ipv4Unicast: {
    as: 65503,
    peers: {
      ens4: { state: "Established", peerUptimeMsec: 65_000, pfxRcd: 9 },
      ens5: { state: "Active", peerUptimeMsec: 2_000, pfxRcd: 0 },
    },
    totalPeers: 2,
  },
  ipv6Unicast: {
    peers: { ens4: { state: "Established", peerUptimeMsec: 65_000 }, "ens6.10": { state: "Idle" } },
  },
});
const fabric = {
  sessions: [
    { a: { node: "internet", port: "ens5" }, b: { node: "spine1", port: "ens4" } },
    { a: { node: "spine1", port: "ens5" }, b: { node: "leaf1", port: "ens4" } },
    { a: { node: "spine2", port: "ens5" }, b: { node: "leaf1", port: "ens5" } },
  ],
} as unknown as Fabric;

describe("BGP sessions", () => {
  it("are parsed from FRR's summary, over all address families, with their uptime", () => {
    expect(parseSummary(summary)).toEqual({
      ens4: { state: "Established", uptimeMs: 65_000 },
      ens5: { state: "Active" },
      "ens6.10": { state: "Idle" },
    });
  });

  it("are none if no address family is configured", () => {
    expect(parseSummary("{}")).toEqual({});
    expect(parseSummary('{"ipv4Unicast":{"warning":"no peers"}}')).toEqual({});
  });

  it("are planned at both ends", () => {
    expect(plannedSessions(fabric, "spine1")).toEqual(["ens4", "ens5"]);
    expect(plannedSessions(fabric, "leaf1")).toEqual(["ens4", "ens5"]);
  });

  it("can all be observed on the spines", () => {
    expect(observersOf(fabric)).toEqual(
      new Map([
        ["spine1", ["ens4", "ens5"]],
        ["spine2", ["ens5"]],
      ]),
    );
    expect(observersOf({ sessions: [] } as unknown as Fabric)).toEqual(new Map());
  });

  it("are not observed at nodes that can't be queried", () => {
    expect(observersOf(fabric, new Set(["spine1"]))).toEqual(
      new Map([
        ["leaf1", ["ens4", "ens5"]],
        ["internet", ["ens5"]],
      ]),
    );
    expect(observersOf(fabric, new Set(["spine2", "leaf1"]))).toEqual(
      new Map([["spine1", ["ens4", "ens5"]]]),
    );
  });

  it("that are not up are reported with their state and the expected one", () => {
    expect(missingSessions("leaf1", ["ens4", "ens5"], parseSummary(summary))).toEqual([
      "leaf1 ens5: Active, expected Established",
    ]);
    expect(missingSessions("internet", ["ens5"], {})).toEqual([
      "internet ens5: no session, expected Established",
    ]);
  });
});
