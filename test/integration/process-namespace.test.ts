import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { inProcessNamespace } from "../process-namespace.ts";

const pidsOf = async (args: string) =>
  (await execa("pgrep", ["--exact", "--full", args], { reject: false })).stdout.split("\n").filter(Boolean);

async function pollPids(args: string, wanted: number): Promise<void> {
  await pollUntil(
    { what: `${wanted} processes \`${args}\``, timeoutMs: patiently(5_000), intervalMs: 20 },
    async () => {
      const pids = await pidsOf(args);
      return pids.length === wanted
        ? { done: true, value: undefined }
        : { done: false, seen: `${pids.length}` };
    },
  );
}

describe("the process namespace of the test runner", () => {
  it("contains this runner: the first process is its shell", async () => {
    const { stdout } = await execa("cat", ["/proc/1/cmdline"]);
    expect(stdout.split("\0")).toEqual(expect.arrayContaining(["sh", process.execPath]));
  });

  it("ends daemons with a runner that is killed", async () => {
    const daemon = `sleep 86400.${process.pid}`;
    const [file = "", ...args] = inProcessNamespace([
      "sh",
      "-c",
      `setsid --fork ${daemon}; exec sleep 86400`,
    ]);
    const runner = execa(file, args, { reject: false });
    await pollPids(daemon, 1);
    runner.kill("SIGKILL");
    await runner;
    await pollPids(daemon, 0);
  });

  it("ends daemons with a runner that finishes, and has its exit code", async () => {
    const daemon = `sleep 86400.1${process.pid}`;
    const [file = "", ...args] = inProcessNamespace(["sh", "-c", `setsid --fork ${daemon}; exit 7`]);
    expect((await execa(file, args, { reject: false })).exitCode).toBe(7);
    await pollPids(daemon, 0);
  });

  it("keeps no zombie of a daemon that ended", async () => {
    const [file = "", ...args] = inProcessNamespace([
      "timeout",
      `${patiently(10_000) / 1000}`,
      "sh",
      "-c",
      "setsid --fork true; while ps -e -o stat= | grep -q Z; do :; done",
    ]);
    expect((await execa(file, args)).exitCode).toBe(0);
  });
});
