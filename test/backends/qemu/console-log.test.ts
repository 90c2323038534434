import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { consoleTail, panicReport } from "../../../src/backends/qemu/console-log.ts";
import { nodeFolder } from "../../../src/backends/qemu/node-folder.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
let folder = "";
let paths = nodeFolder("", "leaf1");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-log-"));
  paths = nodeFolder(folder, "leaf1");
});

afterEach(() => host.remove(folder));

const PANIC = [
  "ikvswitch: no root file system on the disk named root",
  "[    3.25] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100",
  "[    3.25] CPU: 0 UID: 0 PID: 1 Comm: init",
  "[    3.26] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100 ]---",
];

describe("the console log", () => {
  it("yields its last lines", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    await host.writeFile(paths.console, `${lines.join("\r\n")}\r\n\r\n`);
    expect(await consoleTail(host, paths)).toBe(lines.slice(25).join("\n"));
  });

  it("is reported as empty if it is empty or missing", async () => {
    expect(await consoleTail(host, paths)).toBe("(console log is empty)");
    await host.writeFile(paths.console, "");
    expect(await consoleTail(host, paths)).toBe("(console log is empty)");
    expect(await panicReport(host, paths)).toBeNull();
  });

  it("yields the lines before a kernel panic and its first line, without the trace after it", async () => {
    await host.writeFile(paths.console, `${PANIC.join("\r\n")}\r\n`);
    expect(await panicReport(host, paths)).toBe(PANIC.slice(0, 2).join("\n"));
  });

  it("reports no panic once the VM has booted again", async () => {
    await host.writeFile(paths.console, `${PANIC.join("\n")}\nikvswitch: leaf1 ready\n`);
    expect(await panicReport(host, paths)).toBeNull();
  });
});
