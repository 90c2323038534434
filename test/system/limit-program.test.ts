import { expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

// What these scripts leave behind in the background has the program's output open, and ends with its own sleep.
const KEPT_OPEN = "setsid sleep 20 &";

function shell(script: string) {
  return { file: "sh", args: ["-c", script] };
}

async function took(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
}

it("a program's time is over though what it started keeps its output open", async () => {
  const run = localHost().run(shell(`${KEPT_OPEN} exec sleep 20`), { timeoutMs: 100 });
  expect(await took(expect(run).rejects.toThrow("no answer within 100 ms"))).toBeLessThan(15_000);
});

it("so is the time of a program that has ended before what it started", async () => {
  const run = localHost().run(shell(`${KEPT_OPEN} echo done`), { timeoutMs: 300 });
  expect(await took(expect(run).rejects.toThrow("no answer within 300 ms"))).toBeLessThan(15_000);
});

it("a program that writes too much is ended, whatever goes on writing", async () => {
  const run = localHost().run(shell("setsid timeout 20 yes & exec yes"), { maxOutputBytes: 100_000 });
  expect(await took(expect(run).rejects.toThrow("output exceeds 100000 bytes"))).toBeLessThan(15_000);
});

it("an interrupt ends the wait for a program whose output is kept open", async () => {
  const interruption = new AbortController();
  const host = localHost(interruption.signal);
  const run = host.run(shell(`${KEPT_OPEN} echo begun; exec sleep 20`), {
    onLine: () => interruption.abort(new InterruptedError()),
  });
  expect(await took(expect(run).rejects.toThrow("sleep 20"))).toBeLessThan(15_000);
});

it("just as much as may be is no failure, and is all there", async () => {
  const { stdout } = await localHost().run(shell("head -c 100000 /dev/zero | tr '\\0' x"), {
    maxOutputBytes: 100_000,
  });
  expect(stdout).toHaveLength(100_000);
});
