import { describe, expect, it } from "vitest";
import { parseUptimes } from "../../src/switches/kept-sessions.ts";

describe("how long sessions have been up", () => {
  it("is told for those that are, in ms, by port", () => {
    const summary = {
      ipv4Unicast: {
        peers: {
          ens4: { state: "Established", peerUptime: "00:01:05", peerUptimeMsec: 65_000 },
          ens5: { state: "Active", peerUptimeMsec: 2_000 },
        },
      },
      ipv6Unicast: { peers: { ens6: { state: "Established", peerUptimeMsec: 1_000 } } },
      l2VpnEvpn: {},
    };
    expect([...parseUptimes(JSON.stringify(summary))]).toEqual([
      ["ens4", 65_000],
      ["ens6", 1_000],
    ]);
  });
});
