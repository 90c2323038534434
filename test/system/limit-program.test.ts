import { expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

// The background processes of these scripts keep the program's output open, and end after their sleep.
const KEPT_OPEN = "setsid sleep 20 &";

function shell(script: string) {
  return { file: "sh", args: ["-c", script] };
}

async function took(work: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work;
  return performance.now() - startedMs;
}

it("a program times out even if its child processes keep its output open", async () => {
  const run = localHost().run(shell(`${KEPT_OPEN} exec sleep 20`), { timeoutMs: 100 });
  expect(await took(expect(run).rejects.toThrow("no answer within 100 ms"))).toBeLessThan(15_000);
});

it("a program that ended before its child processes times out, too", async () => {
  const run = localHost().run(shell(`${KEPT_OPEN} echo done`), { timeoutMs: 300 });
  expect(await took(expect(run).rejects.toThrow("no answer within 300 ms"))).toBeLessThan(15_000);
});

it("a program that writes too much is ended, even if its child processes continue to write", async () => {
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

it("output of exactly the limit is no failure, and is complete", async () => {
  const { stdout } = await localHost().run(shell("head -c 100000 /dev/zero | tr '\\0' x"), {
    maxOutputBytes: 100_000,
  });
  expect(stdout).toHaveLength(100_000);
});
