import { expect, it } from "vitest";
import { patienceWhileWaiting, queryHost } from "../../../src/check/query/query-nodes.ts";
import { localHost } from "../../../src/system/local-host.ts";

const PATIENCE = { atOnce: 2, timeoutMs: 40_000, programSeconds: 12 };

it("allows an answer a quarter of the time that a user waits, and never less than without waiting", () => {
  expect(patienceWhileWaiting(PATIENCE, 0)).toEqual(PATIENCE);
  expect(patienceWhileWaiting(PATIENCE, 60_000)).toEqual(PATIENCE);
  expect(patienceWhileWaiting(PATIENCE, 320_000)).toEqual({
    atOnce: 2,
    timeoutMs: 80_000,
    programSeconds: 24,
  });
});

it("reports a host that is too slow to answer, instead of failing", async () => {
  const local = localHost();
  const slow = { ...local, run: (_: unknown, options = {}) => local.run(SLEEP, options) };
  const query = { sources: new Set(["ip"] as const), ports: [], hasServers: false, ipv6: false, probes: [] };
  const { unreachable, observation } = await queryHost(slow, query, "", { timeoutMs: 50, programSeconds: 1 });
  expect(unreachable).toBe("too slow: no answer within 0.05 s");
  expect(observation.interfaces).toMatchObject({ seen: false, toldElsewhere: true });
});

const SLEEP = { file: "sleep", args: ["60"] };
