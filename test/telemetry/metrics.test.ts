import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FrrObservation } from "../../src/check/model/observation.ts";
import type { Measurements } from "../../src/telemetry/measure.ts";
import { formatMetrics } from "../../src/telemetry/metrics.ts";
import { parseCounters } from "../../src/traffic/counters.ts";
import { smallFabric } from "../host/network.ts";

const LEAF1: FrrObservation = {
  daemons: ["bgpd", "bfdd"],
  sessions: new Map([
    [
      "ens4",
      { state: "Established", remoteAs: 1, address: "fe80::1", families: [], accepted: 7, sent: 3, sent6: 2 },
    ],
  ]),
  cutOff: [],
  prefixes: [
    { prefix: "192.168.98.1/32", from: "fe80::1", originAs: 1 },
    { prefix: "192.168.98.1/32", from: "fe80::2", originAs: 1 },
    { prefix: "fd00::1/128", from: "fe80::1", originAs: 1 },
  ],
  bfd: new Map([["ens4", { status: "down", diagnostic: "ok" }]]),
};

const measured: Measurements = {
  fabric: smallFabric,
  backend: "netns",
  time: 1000,
  power: new Map([["leaf1", { power: "on", pid: 9, uptimeSeconds: 60 }]]),
  frr: new Map([["leaf1", LEAF1]]),
  counters: parseCounters(
    ["iksb12: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", "iklt11: 1000 10 0 1 0 0 0 0 2000 20 0 2 0 0 0 0"].join("\n"),
  ),
  leases: new Map([
    [
      "leaf1",
      {
        known: true,
        leases: [
          { address: "192.168.110.20", mac: "02:00:00:00:00:01", hostname: "", state: "active", expires: 1 },
          { address: "192.168.110.21", mac: "02:00:00:00:00:02", hostname: "", state: "expired", expires: 1 },
        ],
      },
    ],
    ["leaf2", { known: false, why: "off" }],
  ]),
  faults: { links: [], frozen: [] },
};

const text = await formatMetrics(measured, "9.9.9");

describe("metrics", () => {
  it.each([
    'ikvswitch_info{version="9.9.9",backend="netns"} 1',
    'ikvswitch_node_up{node="leaf1",role="leaf"} 1',
    'ikvswitch_node_up{node="spine1",role="spine"} 0',
    'ikvswitch_node_start_time_seconds{node="leaf1",role="leaf"} 940',
    'ikvswitch_bgp_session_up{node="leaf1",port="ens4",peer="spine1"} 1',
    'ikvswitch_bgp_session_prefixes_received{node="leaf1",port="ens4",peer="spine1"} 7',
    'ikvswitch_bgp_session_prefixes_sent{node="leaf1",port="ens4",peer="spine1",family="ipv6"} 2',
    'ikvswitch_bfd_session_up{node="leaf1",port="ens4",peer="spine1"} 0',
    'ikvswitch_bgp_prefixes{node="leaf1"} 1',
    'ikvswitch_link_bytes_total{link="spine1 ens5 – leaf1 ens4",end="leaf1 ens4",direction="sent"} 1000',
    'ikvswitch_link_bytes_total{link="spine1 ens5 – leaf1 ens4",end="leaf1 ens4",direction="received"} 2000',
    'ikvswitch_link_dropped_total{link="spine1 ens5 – leaf1 ens4",end="leaf1 ens4",direction="received"} 2',
    'ikvswitch_link_faulty{link="spine1 ens5 – leaf1 ens4"} 0',
    'ikvswitch_dhcp_leases{leaf="leaf1"} 1',
  ])("have the sample %s", (line) => {
    expect(text.split("\n")).toContain(line);
  });

  it.each([
    /^ikvswitch_bgp_session_up\{node="spine1"/m,
    /^ikvswitch_node_start_time_seconds\{node="spine1"/m,
    /^ikvswitch_dhcp_leases\{leaf="leaf2"/m,
  ])("have no sample of what is unknown: %s", (sample) => {
    expect(text).not.toMatch(sample);
  });

  it("are all that the dashboard for Grafana asks for", () => {
    const dashboard = readFileSync(new URL("../../docs/grafana-dashboard.json", import.meta.url), "utf8");
    const asked = new Set(dashboard.match(/ikvswitch_\w+/g));
    const offered = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    expect(asked.size).toBeGreaterThan(8);
    expect([...asked].filter((name) => !offered.has(name))).toEqual([]);
  });
});
