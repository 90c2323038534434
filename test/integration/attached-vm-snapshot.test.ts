import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { powerOff, powerOn } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { incomingProblem, loadAttachedVm } from "../../src/backends/qemu/snapshot/attached-vm-load.ts";
import {
  attachedVmProblem,
  pauseAttachedVm,
  resumeAttachedVm,
  saveAttachedVm,
} from "../../src/backends/qemu/snapshot/attached-vm-save.ts";
import { attachedVmState } from "../../src/backends/qemu/snapshot/attached-vm-state.ts";
import { withQmp } from "../../src/qemu/qmp.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { bootSectorNodes, changeArguments, removeNodes } from "./boot-sector-machine.ts";

/** Attached VMs, which are saved with the switches: here a VM whose firmware counts its timer's ticks. */
const host = localHost();
let runDir: string;

beforeEach(async () => {
  runDir = await bootSectorNodes(host, { server: "ticking", again: "ticking" });
});

afterEach(() => removeNodes(host, runDir));

function attachedVm(name: string) {
  return { name: "db1", qmp: nodeFolder(runDir, name).qmp };
}

async function ticks(name: string): Promise<number> {
  const socket = nodeFolder(runDir, name).qmp;
  const shown = await withQmp(host, { socket, timeoutMs: 20_000 }, (qmp) =>
    qmp.execute("human-monitor-command", { "command-line": "xp /1wx 0x46c" }),
  );
  return Number.parseInt(/: (0x[0-9a-f]+)/.exec(String(shown))?.[1] ?? "", 16);
}

/** Waits until the VM has counted further than this. */
async function ticksOn(name: string, from: number): Promise<number> {
  return pollUntil({ what: "another tick", timeoutMs: 60_000, intervalMs: 50 }, async () => {
    const count = await ticks(name);
    return count > from ? { done: true, value: count } : { done: false, seen: `${count} ticks` };
  });
}

async function startWith(name: string, ...words: readonly string[]): Promise<void> {
  await changeArguments(host, runDir, name, (args) => [...args, ...words]);
  await powerOn(host, nodeFolder(runDir, name));
}

describe("an attached VM", () => {
  it("is saved while it is paused, resumes, and continues from the saved state after a restore", async () => {
    await powerOn(host, nodeFolder(runDir, "server"));
    const before = await ticksOn("server", 5);
    expect(await attachedVmProblem(host, attachedVm("server"))).toBeNull();
    await pauseAttachedVm(host, attachedVm("server"));
    const atSave = await ticks("server");
    await saveAttachedVm(host, `${runDir}/snapshot`, attachedVm("server"));
    await resumeAttachedVm(host, attachedVm("server"));
    expect(atSave).toBeGreaterThanOrEqual(before);
    const later = await ticksOn("server", atSave + 20);
    const folder = nodeFolder(runDir, "server").run;
    expect((await host.list(folder)).filter((name) => name.includes("ikvswitch"))).toEqual([]);
    await powerOff(host, nodeFolder(runDir, "server"));

    await startWith("again", "-incoming", "defer");
    expect(await incomingProblem(host, attachedVm("again"))).toBeNull();
    await loadAttachedVm(host, `${runDir}/snapshot`, attachedVm("again"));
    expect(await ticks("again")).toBe(atSave);
    await resumeAttachedVm(host, attachedVm("again"));
    const restored = await ticksOn("again", atSave);
    expect(restored).toBeLessThan(later);
  });

  it("is not saved if QEMU reports that it can't be migrated", async () => {
    const folder = `${nodeFolder(runDir, "server").run}/shared`;
    await host.run({ file: "install", args: ["-d", "-m", "0777", folder] });
    await startWith("server", "-drive", `if=none,format=raw,file=fat:rw:${folder},id=shared`);
    expect(await attachedVmProblem(host, attachedVm("server"))).toMatch(
      /^db1: cannot be saved: .*vvfat.* does not support live migration/,
    );
  });

  it("is not saved if it is off or paused, and not restored if it does not wait with -incoming", async () => {
    expect(await attachedVmProblem(host, attachedVm("server"))).toMatch(/^db1: the VM is not running/);
    expect(await incomingProblem(host, attachedVm("server"))).toMatch(/^db1: the VM is not running/);
    await powerOn(host, nodeFolder(runDir, "server"));
    expect(await incomingProblem(host, attachedVm("server"))).toMatch(
      /QEMU reports "running"; start it as before, with -incoming/,
    );
    await pauseAttachedVm(host, attachedVm("server"));
    expect(await attachedVmProblem(host, attachedVm("server"))).toBe(
      'db1: QEMU reports "paused" instead of "running"',
    );
  });

  it("refuses a file that is no saved state", async () => {
    await host.writeFile(`${runDir}/snapshot/${attachedVmState("db1")}`, "no state at all");
    await startWith("again", "-incoming", "defer");
    await expect(loadAttachedVm(host, `${runDir}/snapshot`, attachedVm("again"))).rejects.toThrow();
  });
});
