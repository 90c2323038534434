import { describe, expect, it } from "vitest";
import { withoutTones } from "../../src/format/tone.ts";
import type { HostNetworkStatus } from "../../src/host/status.ts";
import { formatScripts, formatStarts, formatStatuses, summarizeStarts } from "../../src/lab/format-net.ts";
import { sumOfStatuses } from "../../src/lab/net.ts";

const asPlanned: HostNetworkStatus = {
  ...{ present: true, devices: { bridges: 3, interfaces: 7 }, outsideRoute: null, drift: [] },
};
const item = { item: "device ikx4101v", expected: "vxlan", observed: "missing" };
const differing = { ...asPlanned, drift: [item], outsideRoute: "ip route add 10.0.0.0/8" };

describe("the networks of members", () => {
  it("are reported as one, with the member of each difference", () => {
    expect(
      sumOfStatuses([
        { member: "alpha", result: asPlanned },
        { member: "beta", result: differing },
        { member: "gamma", result: { unreachable: "no ssh to root@10.0.0.3\n    why: ..." } },
      ]),
    ).toEqual({
      present: true,
      devices: { bridges: 6, interfaces: 14 },
      outsideRoute: "ip route add 10.0.0.0/8",
      drift: [
        { ...item, member: "beta" },
        {
          ...{ item: "the member", expected: "an answer", observed: "no ssh to root@10.0.0.3" },
          member: "gamma",
        },
      ],
    });
  });

  it("have a status each, below their names", () => {
    const text = formatStatuses([
      { member: "alpha", result: asPlanned },
      { member: "beta", result: differing },
      { member: "gamma", result: { unreachable: "no ssh to root@10.0.0.3" } },
    ]);
    expect(withoutTones(text).split("\n")).toEqual([
      "alpha: The host network is as planned: 7 network interfaces, 3 bridges.",
      "beta: The host network (7 network interfaces, 3 bridges) differs from the plan in 1 item:",
      "  device ikx4101v: expected vxlan, observed missing",
      "gamma: no ssh to root@10.0.0.3",
    ]);
  });

  it("have a script each, below their names", () => {
    const command = { kind: "run", command: { file: "ip", args: ["link", "del", "ikx1"] } } as const;
    const phases = [{ title: "Remove devices", actions: [command] }];
    expect(
      formatScripts([
        { member: "alpha", result: { phases } },
        { member: "beta", result: { phases: [] } },
      ]),
    ).toBe("# On alpha:\n\n# Remove devices\nip link del ikx1\n\n# On beta:\n\n# Nothing to do.");
  });

  it("are summarized in a line each, and all in one line", () => {
    const result = { changes: [], phases: [], outsideRoute: null };
    const both = ["alpha", "beta"].map((member) => ({ member, result }));
    expect(formatStarts(both)).toBe(
      "Network of alpha: already as planned.\nNetwork of beta: already as planned.",
    );
    expect(summarizeStarts(both)).toBe("alpha: already as planned; beta: already as planned");
  });
});

describe("the network of one host", () => {
  it("is reported without a name, as it was found", () => {
    const only = [{ member: null, result: differing }];
    expect(sumOfStatuses(only)).toEqual(differing);
    expect(formatStatuses(only)).toMatch(/^The host network/);
    expect(formatScripts([{ member: null, result: { phases: [] } }])).toBe("# Nothing to do.");
    const result = { changes: [], phases: [], outsideRoute: null };
    expect(formatStarts([{ member: null, result }])).toBe("Host network: already as planned.");
    expect(summarizeStarts([{ member: null, result }])).toBe("already as planned");
  });
});
