import { basename } from "node:path";
import { expect } from "vitest";
import type { CheckReport } from "../../../src/check/model/report.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import type { NetnsSite } from "../netns-site.ts";

const FOUND_MS = 60_000;

/** Returns the differences as lines: `bgp leaf1 ens4: Established … / Idle` */
export function differences({ items }: CheckReport): readonly string[] {
  return items
    .filter(({ ok }) => ok === false)
    .map((item) => `${item.kind} ${item.subject}: ${item.expected} / ${item.observed}`);
}

/** Returns the differences that do not follow from others, by kind and subject: `bgp leaf1 ens4` */
export function unexplained({ items }: CheckReport): readonly string[] {
  return items
    .filter(({ ok, explained }) => ok === false && !explained)
    .map(({ kind, subject }) => `${kind} ${subject}`);
}

/** Returns what breaks a fabric of namespaces, and what expects `check` to report it. */
export function checksOf(site: () => NetnsSite) {
  /** Runs `check`, and expects the exit code that belongs to the report. */
  async function check(...words: readonly string[]): Promise<CheckReport> {
    const { stdout, exitCode } = await site().ikvswitch(["--json", "check", ...words], [0, 4]);
    const report: CheckReport = JSON.parse(stdout);
    expect(exitCode).toBe(report.asPlanned ? 0 : 4);
    return report;
  }

  /** Waits for these differences, since BFD and routing take time to react. */
  async function differsIn(
    wanted: readonly (string | RegExp)[],
    ...words: readonly string[]
  ): Promise<CheckReport> {
    return pollUntil({ what: "these differences", timeoutMs: FOUND_MS, intervalMs: 200 }, async () => {
      const report = await check(...words);
      const found = differences(report);
      const missing = wanted.filter(
        (one) => !found.some((line) => (typeof one === "string" ? line === one : one.test(line))),
      );
      return missing.length === 0
        ? { done: true, value: report }
        : { done: false, seen: `${missing.join("\n")}\nobserved:\n${found.join("\n")}` };
    });
  }

  /** Waits until routing has reacted, so that all differences but these follow from them. */
  async function explainedBy(...wanted: readonly string[]): Promise<void> {
    await pollUntil({ what: "only these causes", timeoutMs: FOUND_MS, intervalMs: 200 }, async () => {
      const found = unexplained(await check());
      return found.join("\n") === wanted.join("\n")
        ? { done: true, value: undefined }
        : { done: false, seen: found.join("\n") };
    });
  }

  /** Breaks something, runs the test, and repairs it in any case. Then the fabric must be as planned again. */
  async function whileBroken(
    { breakIt, repair }: { breakIt: () => Promise<unknown>; repair: () => Promise<unknown> },
    look: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await breakIt();
      await look();
    } finally {
      await repair();
    }
    const { stdout } = await site().ikvswitch(["check", "--wait", "60s"], [0, 4]);
    expect(stdout).toMatch(/^The fabric is as planned: \d+ checks/m);
  }

  /** Runs a program with a switch's mounts, which processes in the switch may not change. */
  async function inMountsOf(node: string, ...words: readonly string[]): Promise<void> {
    const pid = (await site().pids())[node];
    await site().host.run("nsenter", ["--target", `${pid}`, "--mount", "--pid", "--", ...words]);
  }

  /** Ends a program in a switch for good: its supervisor then starts /bin/false in its place. */
  const without = (node: string, path: string) => ({
    breakIt: async () => {
      await inMountsOf(node, "mount", "--bind", "/bin/false", path);
      await site().inside(node, "pkill", "-KILL", "-x", basename(path));
    },
    // init, which tries again and again to start it, may just have it open.
    repair: () => inMountsOf(node, "umount", "--lazy", path),
  });

  /** Sets a port of a switch, or of the host. */
  const setLink =
    (node: string | null, ...words: readonly string[]) =>
    () =>
      node === null
        ? site().host.run("ip", ["link", "set", ...words])
        : site().inside(node, "ip", "link", "set", ...words);

  const kill = (node: string, signal: string, program: string) =>
    site().inside(node, "pkill", `-${signal}`, "-x", program);

  return { check, differsIn, explainedBy, whileBroken, without, setLink, kill };
}
