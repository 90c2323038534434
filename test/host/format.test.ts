import { describe, expect, it } from "vitest";
import { toned, withoutTones } from "../../src/format/tone.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork } from "../../src/host/diff.ts";
import { describeDrift } from "../../src/host/drift.ts";
import { formatStatus, summarizeStart, summarizeStop } from "../../src/host/format.ts";
import type { ObservedNetwork } from "../../src/host/model/observed.ts";
import { bareHost, builtHost, SETTINGS, smallFabric, withDevice, withoutDevices } from "./network.ts";

function changes(observed: ObservedNetwork) {
  return diffNetwork(smallFabric, desiredNetwork(smallFabric, observed, SETTINGS), observed);
}

const built = builtHost(smallFabric);
const devices = { interfaces: 13, bridges: 7 };

describe("the summary of start and stop", () => {
  it("counts by kind", () => {
    expect(summarizeStart({ changes: changes(bareHost) })).toBe(
      "20 devices created, 3 addresses and routes added, 5 firewall rules added, 1 setting changed",
    );
    const damaged = withDevice(withoutDevices(built, "ikvm1-3-1"), "ikeb1-3", { mtu: 1500 });
    expect(summarizeStart({ changes: changes(damaged) })).toBe("1 device created, 1 device repaired");
  });

  it("reports if there was nothing to do", () => {
    expect(summarizeStart({ changes: [] })).toBe("already as planned");
    expect(summarizeStop({ phases: [] })).toBe("nothing to remove");
  });
});

describe("the status as text", () => {
  it("is one line if all is as planned", () => {
    expect(withoutTones(formatStatus({ present: true, devices, drift: [] }))).toBe(
      "The host network is as planned: 13 network interfaces, 7 bridges.",
    );
  });

  it("names each item that differs", () => {
    const drift = changes(withDevice(built, "ikeb1-3", { mtu: 1500, up: false })).flatMap(describeDrift);
    expect(withoutTones(formatStatus({ present: true, devices, drift }))).toBe(
      `The host network (13 network interfaces, 7 bridges) differs from the plan in 2 items:
  device ikeb1-3: mtu: expected 9000, observed 1500
  device ikeb1-3: state: expected up, observed down`,
    );
  });

  it("colours the verdict, and the observed values", () => {
    const drift = [{ item: "device ikhb: mtu", expected: "9000", observed: "1500" }];
    expect(formatStatus({ present: true, devices, drift: [] })).toMatch(/^\ufdd0.*\ufdd3$/);
    expect(formatStatus({ present: true, devices, drift })).toContain(`observed ${toned("bad", "1500")}`);
  });

  it("does not list every device if all are missing", () => {
    const drift = changes(bareHost).flatMap(describeDrift);
    const none = { interfaces: 0, bridges: 0 };
    expect(withoutTones(formatStatus({ present: false, devices: none, drift }))).toBe(
      `The host network is down: all 20 devices are missing. Other differences:
  address 192.168.96.1/24 on ikhb: expected present, observed missing
  address 192.168.200.1/24 on bripmi: expected present, observed missing
  route 192.168.96.0/19 via 192.168.96.2 dev ikhb src 192.168.96.1: expected present, observed missing
  iptables rule in ip nat POSTROUTING: -s 192.168.96.0/19 ! -d 192.168.96.0/19 -j SNAT --to-source 203.0.113.2: expected present, observed missing
  iptables rule in ip raw PREROUTING: ! -s 192.168.96.0/19 -i ikhb -j DROP: expected present, observed missing
  iptables rule in ip mangle FORWARD: -i ikhb -m conntrack --ctstate INVALID,UNTRACKED -j DROP: expected present, observed missing
  iptables rule in ip raw PREROUTING: -d 192.168.200.0/24 -i ikhb -j DROP: expected present, observed missing
  iptables rule in ip mangle INPUT: -i ikhb -p tcp -m tcp --dport 5980:5983 -j DROP: expected present, observed missing
  net.ipv4.ip_forward: expected 1, observed 0`,
    );
  });
});
