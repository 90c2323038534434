import { expect } from "vitest";
import type { Fabric } from "../../../src/fabric/types.ts";
import type { FabricSite } from "../fabric-site.ts";

export interface Session {
  readonly state: string;
  readonly peerUptimeMsec: number;
  readonly connectionsEstablished: number;
}

/** BGP sessions, by port. */
export type Sessions = Readonly<Record<string, Session>>;

/** Returns the sessions of the only spine, which has one with every other switch. */
export async function spineSessions(site: FabricSite): Promise<Sessions> {
  const words = ["vtysh", "-d", "bgpd", "-c", "show bgp ipv4 unicast summary json"];
  return (JSON.parse(await site.inside("spine1", ...words)) as { peers: Sessions }).peers;
}

/** Expects each session to be the same one as before, not re-established since. */
export async function expectSameSessions(site: FabricSite, before: Sessions): Promise<void> {
  const after = await spineSessions(site);
  for (const [port, { peerUptimeMsec, connectionsEstablished }] of Object.entries(before)) {
    expect(after[port], port).toMatchObject({ state: "Established", connectionsEstablished });
    expect(after[port]?.peerUptimeMsec, port).toBeGreaterThanOrEqual(peerUptimeMsec);
  }
}

/**
 * Restores a snapshot, and compares the reported surviving sessions with the switches' own uptimes. On a busy host some
 * sessions may go down; these must be up again, and reported to the user.
 * @returns the number of sessions that never went down
 */
export async function restoreSnapshot(
  site: FabricSite,
  fabric: Fabric,
  words: readonly string[],
  before: Sessions,
): Promise<number> {
  const { stdout, stderr } = await site.ikvswitch(["--json", "snapshot", "restore", ...words]);
  const after = await spineSessions(site);
  const same = Object.entries(before).filter(
    ([port, { connectionsEstablished }]) => after[port]?.connectionsEstablished === connectionsEstablished,
  );
  const report = JSON.parse(stdout) as { sessions: number; survivingSessions: number };
  expect(report.sessions).toBe(fabric.sessions.length);
  // A session may go down between the command's query and this one.
  expect(report.survivingSessions).toBeGreaterThanOrEqual(same.length);
  for (const [port, { peerUptimeMsec }] of same) {
    expect(after[port]?.peerUptimeMsec, port).toBeGreaterThanOrEqual(peerUptimeMsec);
  }
  expect(Object.values(after).map(({ state }) => state)).toEqual(
    Object.keys(before).map(() => "Established"),
  );
  const lost = report.sessions - report.survivingSessions;
  expect(stderr).toMatch(
    lost === 0 ? /^(?!.*re-established)/s : new RegExp(`${lost} of \\d+ BGP sessions were re-established`),
  );
  return same.length;
}
