import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { endsWithin, killProcess } from "../../src/system/end-process.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { identify, isRunning } from "../../src/system/process-identity.ts";

const host = localHost();

async function startSleeper(seconds: number) {
  const child = execa("sleep", [String(seconds)], { reject: false });
  const process = await identify(host, child.pid ?? 0);
  return { child, process: process ?? expect.fail("it has ended") };
}

describe("a process", () => {
  it("is gone after a kill, and a kill of an ended process is no error", async () => {
    const { child, process } = await startSleeper(60);
    await killProcess(host, process, "the sleeper");
    expect(await isRunning(host, process)).toBe(false);
    await child;
    await killProcess(host, process, "the sleeper");
  });

  it("is waited for until it ends or until the timeout", async () => {
    const { child, process } = await startSleeper(0.2);
    expect(await endsWithin(host, process, 10)).toBe(false);
    expect(await endsWithin(host, process, 30_000)).toBe(true);
    await child;
  });

  it("that the kernel does not end is reported by name", async () => {
    const { child, process } = await startSleeper(60);
    const deaf: Host = { ...host, kill: async () => true };
    await expect(killProcess(deaf, process, "leaf1")).rejects.toThrow(
      new RegExp(`10 s waiting for the end of leaf1\\n  pid ${process.pid} was killed but still exists`),
    );
    child.kill("SIGKILL");
    await child;
  });
});
