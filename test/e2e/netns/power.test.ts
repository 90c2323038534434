import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import { installProgram } from "../../integration/install-program.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

// A BMC's power actions on switches that are namespaces, which have no BMC.

const PROGRAM = "/run/power/bin/main.mjs";
const UP_TIMEOUT_MS = 120_000;

let site: NetnsSite;

beforeAll(async () => {
  site = await createNetnsSite(["NUM_RACKS=1", "NUM_U=4"]);
  await installProgram(site, "test/backends/power-program.ts", PROGRAM);
  await site.ikvswitch(["up"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

async function power(action: "cut" | "button" | "reset", node: string, exitCode: 0 | 1 = 0) {
  const words = [PROGRAM, "netns", "/run/ikvswitch", action, node];
  return site.host.run(process.execPath, words, { exitCodes: [exitCode] });
}

async function untilOff(node: string): Promise<void> {
  await pollUntil({ what: `the end of ${node}`, timeoutMs: 30_000, intervalMs: 100 }, async () => {
    const pid = (await site.pids())[node];
    return pid === undefined ? { done: true, value: undefined } : { done: false, seen: `pid ${pid}` };
  });
}

describe("the power of a netns", () => {
  it("is on again at once after a reset, with new processes", async () => {
    const before = (await site.pids()).leaf1;
    await power("reset", "leaf1");
    const after = (await site.pids()).leaf1;
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
  });

  it("is off after a press of the button, and after a cut", async () => {
    await power("button", "leaf1");
    await untilOff("leaf1");
    await power("cut", "leaf2");
    expect((await site.pids()).leaf2).toBeUndefined();
    // A cut of a switch that is off does nothing.
    await power("cut", "leaf2");
  });

  it("refuses reset and button while it is off", async () => {
    for (const action of ["reset", "button"] as const) {
      expect((await power(action, "leaf1", 1)).stderr).toContain("leaf1 is off");
    }
  });
});
