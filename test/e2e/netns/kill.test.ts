import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { expectCompletion, killUpWhenIt, NODES, SETS, untilNoneIsLeft } from "./killed-netns.ts";

// `up` killed with SIGKILL at several phases, each recognised by the work done so far. kill.all.test.ts has the other
// cases.

const TIMEOUT_MS = 120_000;

let site: NetnsSite;
let before: HostState;

beforeAll(async () => {
  site = await createNetnsSite(SETS);
  before = await captureState(site.host);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

describe("an `up` that is killed", () => {
  it.each(["has made bridges", "starts the netns", "makes ports"] as const)(
    "when it %s leaves nothing after `down`",
    async (moment) => {
      await killUpWhenIt(site, moment);
      await site.ikvswitch(["down"]);
      await untilNoneIsLeft(site);
      expect(await captureState(site.host)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  it.each(["has written a switch's files", "has started a netns", "has started routing"] as const)(
    "when it %s is completed by another `up`",
    async (moment) => {
      await killUpWhenIt(site, moment);
      await expectCompletion(site);
      await site.ikvswitch(["down"]);
      await untilNoneIsLeft(site);
      expect(await captureState(site.host)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});

describe("switches that are all killed", () => {
  it(
    "leave no process and no port, and come back by `up`",
    async () => {
      await site.ikvswitch(["up"]);
      const pids = Object.values(await site.pids()).map(String);
      const namespaces = await Promise.all(
        pids.map(async (pid) =>
          (await site.host.run("stat", ["-Lc", "%i", `/proc/${pid}/ns/pid`])).stdout.trim(),
        ),
      );
      await site.host.run("kill", ["-KILL", ...pids]);
      await pollUntil(
        { what: "the end of all processes and ports", timeoutMs: 30_000, intervalMs: 100 },
        async () => {
          const { stdout } = await site.host.run("ps", ["-e", "-o", "pidns=,args="]);
          const processes = stdout
            .split("\n")
            .filter((line) => namespaces.includes(line.trim().split(" ")[0] ?? ""));
          const ports = (await site.host.run("ip", ["-o", "link", "show", "type", "veth"])).stdout
            .split("\n")
            .filter((line) => line.includes(": ik"));
          return processes.length + ports.length === 0
            ? { done: true, value: undefined }
            : { done: false, seen: [...processes, ...ports].join("\n") };
        },
      );
      await site.ikvswitch(["up"]);
      expect(Object.keys(await site.pids())).toHaveLength(NODES);
    },
    TIMEOUT_MS,
  );
});
