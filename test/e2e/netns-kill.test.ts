import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState, type HostState } from "../integration/host-state.ts";
import { createSandboxSite, type SandboxSite } from "./sandbox-site.ts";

// `up` killed outright at several moments of its life, told by what it had got done.

const SETS = ["NUM_RACKS=2", "NUM_U=5"];
const NODES = 7;
const TIMEOUT_MS = 120_000;

/** Conditions for a shell, each true from some moment of `up` on. */
const MOMENTS = {
  "has made bridges": "[ -e /sys/class/net/ikhb ]",
  "has written a switch's files": "[ -e /run/ikvswitch/nodes/leaf4/node.cpio ]",
  "starts the sandboxes": "[ -e /run/ikvswitch/nodes/internet/pid ]",
  "has started a sandbox": "[ -s /run/ikvswitch/nodes/leaf1/pid ]",
  "makes ports": "[ -e /sys/class/net/ikin1 ]",
  "has started routing": "grep -q bgpd /run/ikvswitch/nodes/leaf4/log",
};

let site: SandboxSite;
let before: HostState;

beforeAll(async () => {
  site = await createSandboxSite(SETS);
  before = await captureState(site.host);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

async function killUpWhenIt(condition: string): Promise<void> {
  const up = site.start(["up"]);
  // Looks without a pause, lest the moment be over.
  await site.host.shell(`until ${condition}; do :; done 2>/dev/null`);
  up.kill("SIGKILL");
  await site.host.run("pkill", ["-KILL", "-f", `bin/ikvswitch .*${SETS[0]}.*${SETS[1]}.* up$`], {
    exitCodes: [0, 1],
  });
  await up.output;
}

describe.each(Object.entries(MOMENTS))("an `up` that is killed when it %s", (_, condition) => {
  it(
    "leaves nothing after `down`",
    async () => {
      await killUpWhenIt(condition);
      await site.ikvswitch(["down"]);
      await untilNoneIsLeft();
      expect(await captureState(site.host)).toEqual(before);
    },
    TIMEOUT_MS,
  );

  it(
    "is completed by another `up`",
    async () => {
      await killUpWhenIt(condition);
      await site.ikvswitch(["up"]);
      expect(Object.keys(await site.pids())).toHaveLength(NODES);
      await site.ikvswitch(["net", "status"]);
      await site.ikvswitch(["down"]);
      await untilNoneIsLeft();
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

/** A process that was killed is listed for as long as the kernel takes. */
async function untilNoneIsLeft(): Promise<void> {
  await pollUntil({ what: "nothing to be left", timeoutMs: 10_000, intervalMs: 50 }, async () => {
    const seen = await site.leftovers();
    return seen === "" ? { done: true, value: undefined } : { done: false, seen };
  });
}
