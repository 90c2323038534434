import { describe, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";
import { describeProbe, probe, succeeds } from "../../src/system/probe.ts";

const host = localHost();
const shell = (script: string) => ({ file: "sh", args: ["-c", script] });

describe("a probe", () => {
  it("returns the exit code and output of a program that ends by itself", async () => {
    expect(await probe(host, shell("echo yes; exit 3"))).toEqual({
      end: "exit",
      exitCode: 3,
      stdout: "yes\n",
      stderr: "",
    });
  });

  it("returns the signal that killed the program", async () => {
    const result = await probe(host, shell("echo 'failed to set MSR' >&2; kill -ABRT $$"));
    expect(result).toEqual({ end: "signal", signal: "SIGABRT", stderr: "failed to set MSR\n" });
    expect(describeProbe("QEMU", result)).toBe("QEMU was killed by SIGABRT (failed to set MSR)");
  });

  it("kills a program that ignores SIGTERM, and reports a timeout", async () => {
    const result = await probe(host, shell("trap '' TERM; while :; do read -t 1 line </dev/zero; done"), 100);
    expect(result).toEqual({ end: "timeout", timeoutMs: 100 });
    expect(describeProbe("QEMU", result)).toBe("QEMU did not finish within 0.1 s");
  });

  it.each(["/nonexistent/program", "/etc/passwd", "/etc"])(
    "reports that %s cannot be executed",
    async (file) => {
      expect(await probe(host, { file, args: [] })).toMatchObject({ end: "not executed" });
      expect(await succeeds(host, { file, args: [] })).toBe(false);
    },
  );
});
