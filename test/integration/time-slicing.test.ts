import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freezeMachine, isFrozen } from "../../src/backends/qemu/faults.ts";
import { powerOn } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { machinePid } from "../../src/backends/qemu/process.ts";
import { givePrecedence } from "../../src/backends/qemu/time-slicing/precedence.ts";
import { runSliced } from "../../src/backends/qemu/time-slicing/run-sliced.ts";
import { InterruptedError } from "../../src/errors.ts";
import { withQmp } from "../../src/qemu/qmp.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { bootSectorNodes, removeNodes } from "./boot-sector-machine.ts";

const host = localHost();
const IDLE = ["idle1", "idle2", "idle3"];
const BUSY = ["busy1", "busy2", "busy3"];
/** The rate of the firmware's timer. */
const TICKS_PER_SECOND = 18.2;
let runDir: string;

beforeEach(async () => {
  const kinds = [
    ...IDLE.map((name) => [name, "ticking"] as const),
    ...BUSY.map((name) => [name, "spinning"] as const),
  ];
  runDir = await bootSectorNodes(host, Object.fromEntries(kinds));
});

afterEach(() => removeNodes(host, runDir));

async function ticks(name: string): Promise<number> {
  const socket = nodeFolder(runDir, name).qmp;
  const shown = await withQmp(host, { socket, timeoutMs: 20_000 }, (qmp) =>
    qmp.execute("human-monitor-command", { "command-line": "xp /1wx 0x46c" }),
  );
  return Number.parseInt(/: (0x[0-9a-f]+)/.exec(String(shown))?.[1] ?? "", 16);
}

/** Starts these VMs, waits until their timers run, and pauses them. Returns their QMP sockets. */
async function standing(names: readonly string[]): Promise<readonly string[]> {
  for (const name of names) {
    await powerOn(host, nodeFolder(runDir, name));
    await pollUntil({ what: `ticks of ${name}`, timeoutMs: 60_000, intervalMs: 50 }, async () => {
      const count = await ticks(name);
      return count > 2 ? { done: true, value: count } : { done: false, seen: `${count} ticks` };
    });
    await freezeMachine(host, nodeFolder(runDir, name));
  }
  return names.map((name) => nodeFolder(runDir, name).qmp);
}

const options = { processors: 1, note: () => {} };

/** Reads the niceness of every thread of a VM's emulator. */
async function niceness(name: string): Promise<readonly string[]> {
  const pid = await machinePid(host, nodeFolder(runDir, name));
  const script = `for stat in /proc/${pid}/task/*/stat; do sed 's/.*) //' "$stat" | cut -d ' ' -f 17; done`;
  const { stdout } = await host.run({ file: "sh", args: ["-c", script] });
  return stdout.trim().split("\n");
}

describe("VMs that are resumed with time slicing", () => {
  it("all run at once as soon as they are idle", async () => {
    const sockets = await standing(IDLE);
    const ranMs = await runSliced(host, sockets, options);
    expect(ranMs).toBeGreaterThan(0);
    expect(ranMs).toBeLessThan(4_000);
    for (const name of IDLE) {
      expect(await isFrozen(host, nodeFolder(runDir, name)), name).toBe(false);
    }
  });

  it("have clocks that stop while others run, and all run in the end even if they are busy", async () => {
    const sockets = await standing(BUSY);
    const before = await Promise.all(BUSY.map(ticks));
    const startedMs = performance.now();
    const ranMs = await runSliced(host, sockets, options);
    await Promise.all(BUSY.map((name) => freezeMachine(host, nodeFolder(runDir, name))));
    const elapsedS = (performance.now() - startedMs) / 1000;
    expect(ranMs).toBeGreaterThanOrEqual(4_000);
    for (const [at, name] of BUSY.entries()) {
      const counted = (await ticks(name)) - (before[at] ?? 0);
      // Each ran for a third of the time.
      expect(counted, name).toBeGreaterThan(0);
      expect(counted, name).toBeLessThan((elapsedS * TICKS_PER_SECOND) / 2);
    }
  });

  it("have precedence over other programs of the host, in all their threads, until it is taken back", async () => {
    await standing(["idle1"]);
    const usual = await niceness("idle1");
    const pid = await machinePid(host, nodeFolder(runDir, "idle1"));
    const endPrecedence = await givePrecedence(host, [pid ?? 0]);
    expect(await niceness("idle1")).toEqual(usual.map(() => "-10"));
    await endPrecedence();
    expect(await niceness("idle1")).toEqual(usual);
  });

  it("resume at once if there are enough processors", async () => {
    const sockets = await standing(BUSY);
    expect(await runSliced(host, sockets, { ...options, processors: BUSY.length })).toBe(0);
    for (const name of BUSY) {
      expect(await isFrozen(host, nodeFolder(runDir, name)), name).toBe(false);
    }
  });

  it("stay as they are after an interrupt", async () => {
    const sockets = await standing(BUSY);
    const interrupted = AbortSignal.abort(new InterruptedError());
    await expect(runSliced(host, sockets, { ...options, interrupted })).rejects.toThrow(InterruptedError);
  });
});
