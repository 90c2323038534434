import { describe, expect, it } from "vitest";
import { type PlannedPort, portProblems } from "../../src/nodes/port-problems.ts";
import { parseListeners } from "../../src/system/listeners.ts";

/** Output of `ss -Hlntup` of iproute2 6.1. */
const LISTENERS = parseListeners(`\
udp   UNCONN 0      0         127.0.0.53%lo:53        0.0.0.0:*    users:(("systemd-resolve",pid=345,fd=13))
udp   UNCONN 0      0               0.0.0.0:623       0.0.0.0:*    users:(("ipmi_sim",pid=700,fd=5))
tcp   LISTEN 0      1             127.0.0.1:5950      0.0.0.0:*    users:(("Xvnc",pid=612,fd=9),("Xvnc",pid=613,fd=9))
tcp   LISTEN 0      511                   *:5951            *:*    users:(("node",pid=800,fd=18))
tcp   LISTEN 0      128               [::1]:5952         [::]:*
`);

const port = (changes: Partial<PlannedPort>): PlannedPort => ({
  protocol: "tcp",
  address: "127.0.0.1",
  port: 5953,
  purpose: "leaf1's VNC display 53",
  key: "VNC_DISPLAY_START",
  ...changes,
});

describe("a port in use", () => {
  it("is reported with its process and the configuration key that changes it", () => {
    expect(portProblems([port({ port: 5950 })], LISTENERS)).toEqual([
      {
        what: "TCP port 5950 is in use: Xvnc (pid 612) listens on 127.0.0.1:5950",
        why: "needed by leaf1's VNC display 53",
        fix: "stop Xvnc (pid 612), or set VNC_DISPLAY_START to another value",
      },
    ]);
  });

  it.each([
    ["the same address", port({ port: 5950 }), true],
    ["one address if all are needed", port({ port: 5950, address: "0.0.0.0" }), true],
    ["all addresses of both families if one is needed", port({ port: 5951 }), true],
    ["all IPv4 addresses, by UDP", port({ protocol: "udp", port: 623, address: "192.168.200.10" }), true],
    ["another address", port({ port: 5950, address: "192.0.2.1" }), false],
    ["another protocol", port({ port: 623 }), false],
    ["IPv6 loopback alone", port({ port: 5952 }), false],
  ])("is a problem or not, with a listener on %s", (_, wanted, taken) => {
    expect(portProblems([wanted], LISTENERS).length > 0).toBe(taken);
  });
});
